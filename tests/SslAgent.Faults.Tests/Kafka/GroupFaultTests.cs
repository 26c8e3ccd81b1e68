using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Ingest;
using SslAgent.Ingest.Broker;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>A whole agent in a consumer group. The mock's first join takes 3 s, a rebalance about 5 s.</summary>
public sealed class GroupFaultTests
{
    private const int Partitions = 4, IllegalGeneration = 22, UnknownMember = 25, CoordinatorNotAvailable = 15;

    [Fact]
    public async Task A_second_member_in_mid_cycle_takes_its_share_and_gives_it_back_and_nothing_is_read_by_both()
    {
        await using var bench = new Bench(Partitions);
        using var stream = new FaultStream(bench, Partitions);
        AgentSettings settings = Settings(bench);
        // A cycle that goes on for as long as the test does: everything here happens in the middle of it.
        settings = settings with { Cycle = settings.Cycle with { StepsMax = 1_000_000, UpdatesPerSample = null } };
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        stream.Send(200);
        stream.AwaitJournal(agent);
        await observer.NextStepAsync(bench.Limit);
        AwaitCommits(bench, settings, stream);

        IReadOnlyList<Elsewhere> elsewhere;
        using (var second = new SecondMember(bench.BootstrapServers, settings.Kafka.GroupId, bench.Topic, settings.Kafka.Properties))
        {
            Assert.True(SpinWait.SpinUntil(() => second.Owned.Count == Partitions / 2, FaultStream.Patience), $"{second.Owned.Count} partitions");
            int[] own = [.. Enumerable.Range(0, Partitions).Except(second.Owned)];
            stream.Send(100);
            stream.AwaitJournal(agent, own);
            int theirs = stream.Sent.Count(message => second.Owned.Contains(message.Partition));
            Assert.True(SpinWait.SpinUntil(() => second.Read.Count > 0 && SawEnd(stream, second), FaultStream.Patience), $"{second.Read.Count} of at most {theirs}");
            elsewhere = second.Stretches;
        }

        // It has left: what it read is told with its number, what comes now is read by the agent again.
        Assert.True(SpinWait.SpinUntil(() => agent.Status().Problems.Count(problem => problem.Contains("another member of the group read them", StringComparison.Ordinal)) == elsewhere.Count, FaultStream.Patience),
            string.Join("; ", agent.Status().Problems));
        Assert.All(elsewhere, stretch => Assert.Contains(
            agent.Status().Problems, problem => problem.StartsWith($"{stretch.To - stretch.From} messages of {stretch.Topic}/{stretch.Partition} will not be seen", StringComparison.Ordinal)));
        stream.Send(100);
        stream.AwaitJournal(agent);
        Assert.Equal(new CycleNumber(1), agent.Status().RunningCycle);
        await agent.StopAsync();

        OracleReport report = stream.Check(settings, elsewhere);
        Assert.Empty(report.Epochs);
        Assert.Equal(stream.Sent.Count - elsewhere.Sum(stretch => stretch.To - stretch.From), report.Delivered);
    }

    [Fact]
    public async Task A_session_that_expires_is_begun_anew_and_nothing_is_journalled_twice()
    {
        await using var bench = new Bench(Partitions, brokers: 2);
        using var stream = new FaultStream(bench, Partitions);
        AgentSettings settings = Settings(bench);
        Agent agent = await bench.StartAsync(settings, new RecordingObserver());
        stream.Send(100);
        stream.AwaitJournal(agent);

        // The group does not know the member any more: its partitions are lost, not revoked, and commits are refused from then on.
        bench.Broker.FailRequests(BrokerRequest.Heartbeat, UnknownMember);
        bench.Broker.FailRequests(BrokerRequest.OffsetCommit, IllegalGeneration, UnknownMember);
        stream.Send(100);
        stream.AwaitJournal(agent);
        bench.Broker.FailRequests(BrokerRequest.Heartbeat, IllegalGeneration);
        bench.Broker.FailRequests(BrokerRequest.FindCoordinator, CoordinatorNotAvailable);
        stream.Send(100);
        stream.AwaitJournal(agent);
        bench.Broker.MoveCoordinator(settings.Kafka.GroupId, 2);
        stream.Send(100);
        stream.AwaitJournal(agent);
        await agent.StopAsync();

        OracleReport report = stream.Check(settings);
        Assert.Equal((0, stream.Sent.Count), (report.Epochs.Count, report.Delivered));
    }

    private static bool SawEnd(FaultStream stream, SecondMember second) => second.Owned.All(partition =>
        second.Read.Any(read => read.Partition.Value == partition && read.Offset.Value == stream.Sent.Where(message => message.Partition == partition).Max(message => message.Offset)));

    /// <summary>The mock refuses commits while a group rebalances (a real broker takes them), so they have to be there before.</summary>
    private static void AwaitCommits(Bench bench, AgentSettings settings, FaultStream stream)
    {
        Dictionary<int, long> ends = stream.Sent.GroupBy(message => message.Partition).ToDictionary(group => group.Key, group => group.Max(message => message.Offset) + 1);
        Assert.True(SpinWait.SpinUntil(() => ends.All(end => GroupTool.Committed(settings, bench.Topic, end.Key) == end.Value), FaultStream.Patience));
    }

    private static AgentSettings Settings(Bench bench)
    {
        AgentSettings settings = bench.Settings();
        return settings with
        {
            Kafka = settings.Kafka with
            {
                Assignment = KafkaAssignment.Group,
                CommitInterval = TimeSpan.FromMilliseconds(100),
                Properties = new Dictionary<string, string>
                {
                    ["session.timeout.ms"] = "6000", ["heartbeat.interval.ms"] = "200", ["reconnect.backoff.ms"] = "20", ["reconnect.backoff.max.ms"] = "200",
                },
            },
        };
    }
}
