using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Ingest.Broker;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>A whole agent over a cluster of three brokers that fail in every way the mock can, before and during training.</summary>
public sealed class BrokerFaultRunTests
{
    private const int Partitions = 3, NotLeader = 6, RequestTimedOut = 7, LeaderNotAvailable = 5, NotCoordinator = 16, CoordinatorNotAvailable = 15, OutOfRange = 1,
        UnknownServerError = -1;

    [Fact]
    public async Task A_run_full_of_broker_faults_journals_every_message_once_with_its_content()
    {
        await using var bench = new Bench(Partitions, brokers: 3);
        using var stream = new FaultStream(bench, Partitions);
        AgentSettings settings = Settings(bench);
        EmbeddedBroker broker = bench.Broker;
        for (int partition = 0; partition < Partitions; partition++) broker.MoveLeader(bench.Topic, partition, partition + 1);
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        stream.Send(100);
        stream.AwaitJournal(agent);

        // In mid-stream: one leader is away, the others are read on.
        broker.TakeDown(2);
        stream.Begin(60);
        Assert.True(SpinWait.SpinUntil(() => stream.Sent.Count(message => message.Partition != 1) > 100, FaultStream.Patience));
        stream.AwaitJournal(agent, 0, 2);
        broker.BringUp(2);
        stream.Acknowledge();
        stream.AwaitJournal(agent);

        // In mid-cycle: the whole cluster is away, training goes on to its version.
        stream.Send(60);
        await observer.NextStepAsync(bench.Limit);
        for (int one = 1; one <= 3; one++) broker.TakeDown(one);
        await observer.NextVersionAsync(bench.Limit);
        for (int one = 1; one <= 3; one++) broker.BringUp(one);

        // Leaders and the coordinator move, a broker is slow, requests fail.
        for (int round = 0; round < 3; round++)
        {
            for (int partition = 0; partition < Partitions; partition++) broker.MoveLeader(bench.Topic, partition, ((partition + round + 1) % 3) + 1);
            broker.MoveCoordinator(settings.Kafka.GroupId, round + 1);
            broker.SlowDown(TimeSpan.FromMilliseconds(40 * round), broker: 3 - round);
            broker.FailRequests(BrokerRequest.Fetch, NotLeader, OutOfRange, UnknownServerError, NotLeader);
            broker.FailRequests(BrokerRequest.ListOffsets, LeaderNotAvailable, NotLeader);
            broker.FailRequests(BrokerRequest.OffsetCommit, NotCoordinator, RequestTimedOut, UnknownServerError);
            broker.FailRequests(BrokerRequest.FindCoordinator, CoordinatorNotAvailable);
            stream.Send(50);
            stream.AwaitJournal(agent);
        }

        await agent.StopAsync();

        // A second life, which begins while nothing answers.
        for (int one = 1; one <= 3; one++) broker.TakeDown(one);
        agent = await bench.StartAsync(settings, new RecordingObserver());
        stream.Begin(40);
        for (int one = 1; one <= 3; one++) broker.BringUp(one);
        stream.Acknowledge();
        stream.AwaitJournal(agent);
        await agent.StopAsync();

        OracleReport report = stream.Check(settings);
        Assert.Empty(report.Epochs);
        Assert.True(report.Skipped[SkipReason.ProducerRetry] >= stream.SentTwice, report.ToString());
        Assert.True(report.Admitted > 200 && report.Sentinels > 0, report.ToString());
    }

    private static AgentSettings Settings(Bench bench)
    {
        AgentSettings settings = bench.Settings();
        return settings with
        {
            Kafka = settings.Kafka with
            {
                CommitInterval = TimeSpan.FromMilliseconds(100),
                Properties = new Dictionary<string, string> { ["reconnect.backoff.ms"] = "20", ["reconnect.backoff.max.ms"] = "200" },
            },
        };
    }
}
