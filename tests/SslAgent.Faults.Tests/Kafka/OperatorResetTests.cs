using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Ingest.Broker;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>What an operator who sets the group's offsets while the agent is stopped gets to see, and what a crash must not look like.</summary>
public sealed class OperatorResetTests
{
    [Fact]
    public async Task A_reset_back_is_read_again_in_a_new_epoch_and_what_has_an_id_is_not_learned_again()
    {
        await using var bench = new Bench();
        using var stream = new FaultStream(bench, partitions: 1);
        AgentSettings settings = Settings(bench);
        await LiveAsync(bench, settings, stream, send: 60);
        long end = stream.Sent.Max(message => message.Offset) + 1;
        GroupTool.SetCommitted(settings, bench.Topic, 0, 20);

        Agent agent = await bench.StartAsync(settings, new RecordingObserver());
        Assert.True(SpinWait.SpinUntil(() => agent.Status().Partitions.Single() is { Epoch: 1 } now && now.NextOffset == end, FaultStream.Patience));
        Assert.Contains(agent.Status().Problems, problem => problem.Contains("is read from offset 20 in a new epoch, 1", StringComparison.Ordinal));
        Assert.Equal(AgentHealth.Degraded, agent.Status().Health);
        await agent.StopAsync();

        OracleReport report = stream.Check(settings);
        Assert.Equal(("stream", 0, 1, 20L), report.Epochs.Select(opened => (opened.Topic, opened.Partition, opened.Epoch, opened.FirstOffset)).Single());
        Assert.Equal(end - 20, report.SeenAgain);
        Assert.Equal(60, report.Admitted + report.Sentinels + report.Rejected.Count(at => at.Epoch == 0));

        // The reset was taken up once: the next life goes on where this one stood.
        await LiveAsync(bench, settings, stream, send: 10);
        Assert.Single(stream.Check(settings).Epochs);
    }

    [Fact]
    public async Task A_reset_forward_passes_over_what_lies_between_and_counts_it()
    {
        await using var bench = new Bench();
        using var stream = new FaultStream(bench, partitions: 1);
        AgentSettings settings = Settings(bench);
        await LiveAsync(bench, settings, stream, send: 40);
        long stopped = stream.Sent.Max(message => message.Offset) + 1;
        stream.Send(60);
        GroupTool.SetCommitted(settings, bench.Topic, 0, stopped + 30);
        var observer = new RecordingObserver();
        await LiveAsync(bench, settings, stream, send: 10, observer);
        Assert.Contains(observer.Problems, problem => problem.StartsWith("30 messages of stream/0 will not be seen", StringComparison.Ordinal));
        OracleReport report = stream.Check(settings, [new Elsewhere(bench.Topic, 0, stopped, stopped + 30)]);
        Assert.Empty(report.Epochs);
        Assert.Equal(stream.Sent.Count - 30, report.Delivered);
    }

    /// <summary>The journal is durable and Kafka took no commit: what a crash leaves, and no operator's word.</summary>
    [Fact]
    public async Task Commits_that_never_arrived_are_no_reset()
    {
        await using var bench = new Bench();
        using var stream = new FaultStream(bench, partitions: 1);
        AgentSettings settings = Settings(bench);
        await LiveAsync(bench, settings, stream, send: 30);
        long committed = GroupTool.Committed(settings, bench.Topic, 0);
        Agent agent = await bench.StartAsync(settings, new RecordingObserver());
        bench.Broker.FailRequests(BrokerRequest.OffsetCommit, [.. Enumerable.Repeat(UnknownServerError, 1_000)]);
        stream.Send(30);
        stream.AwaitJournal(agent);
        await agent.StopAsync();
        bench.Broker.ForgetFailures(BrokerRequest.OffsetCommit);
        Assert.Equal(committed, GroupTool.Committed(settings, bench.Topic, 0));

        await LiveAsync(bench, settings, stream, send: 10);
        OracleReport report = stream.Check(settings);
        Assert.Equal((0, 0), (report.Epochs.Count, report.SeenAgain));
        Assert.Equal(stream.Sent.Max(message => message.Offset) + 1, GroupTool.Committed(settings, bench.Topic, 0));
    }

    private const int UnknownServerError = -1;

    private static async Task LiveAsync(Bench bench, AgentSettings settings, FaultStream stream, int send, RecordingObserver? observer = null)
    {
        Agent agent = await bench.StartAsync(settings, observer ?? new RecordingObserver());
        stream.Send(send);
        stream.AwaitJournal(agent);
        await agent.StopAsync();
    }

    private static AgentSettings Settings(Bench bench)
    {
        AgentSettings settings = bench.Settings();
        return settings with { Kafka = settings.Kafka with { CommitInterval = TimeSpan.FromMilliseconds(100) } };
    }
}
