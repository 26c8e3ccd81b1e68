using System.Diagnostics.Metrics;
using System.Globalization;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Ingest.Broker;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>Streams that are not there any more, or not the same: retention passed by, the topic was made anew.</summary>
public sealed class LostStreamTests
{
    [Fact]
    public async Task Retention_that_passed_our_offset_is_reported_with_the_number_of_lost_messages()
    {
        await using var bench = new Bench();
        using var stream = new FaultStream(bench, partitions: 1);
        using var lost = new MissingCounter();
        AgentSettings settings = bench.Settings();
        Agent agent = await bench.StartAsync(settings, new RecordingObserver());
        stream.Send(50);
        stream.AwaitJournal(agent);
        await agent.StopAsync();
        long stopped = stream.Sent.Max(message => message.Offset) + 1;

        // The mock keeps about 5 MiB of a partition: some eighty of these.
        stream.SendLarge(200, bytes: 60_000);
        stream.Send(20);
        long countedBefore = lost.Total;
        agent = await bench.StartAsync(settings, new RecordingObserver());
        stream.AwaitJournal(agent);
        AgentStatus status = agent.Status();
        await agent.StopAsync();

        JournalRecord[] records = [.. JournalOracle.Read(Path.Combine(settings.Agent.StateDirectory, "journal"))];
        long next = records.OfType<JournalRecord.Rejected>().Select(rejected => rejected.Delivery.At.Offset).Where(offset => offset >= stopped).Min();
        string told = status.Problems.Single(problem => problem.Contains($"messages of {bench.Topic}/0 will not be seen", StringComparison.Ordinal));
        long count = long.Parse(told.Split(' ')[0], CultureInfo.InvariantCulture), first = stopped + count;
        Assert.InRange(count, 50, 199);
        Assert.Equal(first, next);
        Assert.True(lost.Total - countedBefore >= count, $"{lost.Total - countedBefore} counted, {count} told");
        OracleReport report = stream.Check(settings, [new Elsewhere(bench.Topic, 0, stopped, first)]);
        Assert.Equal((stream.Sent.Count - count, 0), (report.Delivered, report.Epochs.Count));
    }

    [Fact]
    public async Task A_topic_made_anew_is_read_from_its_beginning_in_a_new_epoch()
    {
        await using var bench = new Bench();
        using var before = new FaultStream(bench, partitions: 1);
        AgentSettings settings = bench.Settings();
        Agent agent = await bench.StartAsync(settings, new RecordingObserver());
        before.Send(60);
        before.AwaitJournal(agent);
        await agent.StopAsync();

        using var anew = new EmbeddedBroker();
        anew.CreateTopic(bench.Topic, 1);
        using var after = new FaultStream(bench, partitions: 1, anew.BootstrapServers);
        after.Send(25);
        settings = settings with { Kafka = settings.Kafka with { BootstrapServers = anew.BootstrapServers, DeadLetterTopic = null } };
        agent = await bench.StartAsync(settings, new RecordingObserver());
        long end = after.Sent.Max(message => message.Offset) + 1;
        Assert.True(SpinWait.SpinUntil(() => agent.Status().Partitions.Single() is { Epoch: 1 } now && now.NextOffset == end, FaultStream.Patience));
        Assert.Contains(agent.Status().Problems, problem => problem.Contains("made anew or cut", StringComparison.Ordinal));
        await agent.StopAsync();
        string journal = Path.Combine(settings.Agent.StateDirectory, "journal");
        OracleReport first = JournalOracle.Compare(before.Sent, journal, isOfThisLog: at => at.Epoch == 0);
        OracleReport second = JournalOracle.Compare(after.Sent, journal, isOfThisLog: at => at.Epoch == 1);
        Assert.True(first.Faults.Count == 0 && second.Faults.Count == 0, $"{first}; {second}");
        Assert.Equal((1, 0L), (second.Epochs.Single().Epoch, second.Epochs.Single().FirstOffset));
    }

    /// <summary>Listens to the metric as a scraper does.</summary>
    private sealed class MissingCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _total;

        public MissingCounter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "sslagent.ingest.messages_missing") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _total, count));
            _listener.Start();
        }

        public long Total => Interlocked.Read(ref _total);

        public void Dispose() => _listener.Dispose();
    }
}
