using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;

namespace SslAgent.EndToEnd.Tests;

/// <summary>The two lags of a real agent against what was really sent, and what its journal really has.</summary>
public sealed class LagTests
{
    private const int First = 200, Second = 600, Trigger = 150;

    [Fact]
    public async Task Lag_is_what_was_sent_and_not_journalled_or_not_learned_and_nothing_after_a_cycle_over_all_of_it()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        settings = settings with { Cycle = settings.Cycle with { SamplesTrigger = Trigger } };
        var observer = new RecordingObserver();
        await bench.SendAsync(First);
        Agent agent = await bench.StartAsync(settings, observer);

        // Before any cycle has ended nobody has learned anything; then all is journalled, and what came after the cycle began is not learned.
        Assert.All(agent.Status().Partitions, partition => Assert.Null(partition.LearnedOffset));
        await observer.NextVersionAsync(bench.Limit);
        await observer.DurableAsync(positions => positions.Single().NextOffset == First, bench.Limit);
        long learned = Messages(agent, before: Began(agent)[0]);
        Assert.InRange(learned, Trigger, First - 1);
        RequireLag(agent, new PartitionStatus(bench.Topic, 0, 0, First, 0, learned, First - learned));
        Assert.Equal(Trainable(agent, since: Began(agent)[0]), agent.Status().LagLearned);

        // A cycle over all of it: nothing is left to learn.
        Assert.True(agent.Parts.Learner.AwaitIdle(TimeSpan.FromMinutes(1), bench.Limit));
        Assert.True(await agent.FireAsync("a test"));
        await observer.NextVersionAsync(bench.Limit);
        RequireLag(agent, new PartitionStatus(bench.Topic, 0, 0, First, 0, First, 0));
        Assert.Equal(0, agent.Status().LagLearned);
        await agent.StopAsync();

        // A cycle without an end, and one more due behind it: ingest waits for the learner, and the rest stays in Kafka.
        await bench.SendAsync(Second);
        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings with { Cycle = settings.Cycle with { StepsMax = 1_000_000, UpdatesPerSample = null } }, observer);
        await observer.NextCycleAsync(bench.Limit);
        await observer.DurableAsync(_ => agent.Status().LagLearned == Trigger, bench.Limit);
        long journalled = Messages(agent, before: long.MaxValue);
        Assert.InRange(journalled, First + (2 * Trigger), First + Second - 1);
        RequireLag(agent, new PartitionStatus(bench.Topic, 0, 0, journalled, First + Second - journalled, First, Second));
    }

    /// <summary>The reader learns where a partition ends once a second: until then its lags are unknown, and never another number.</summary>
    private static void RequireLag(Agent agent, PartitionStatus expected)
    {
        SpinWait.SpinUntil(() => agent.Status().Partitions.Single() is { LagJournalled: not null }, TimeSpan.FromMinutes(1));
        Assert.Equal(expected, Assert.Single(agent.Status().Partitions));
    }

    /// <summary>The numbers of the records that cycles began with.</summary>
    private static long[] Began(Agent agent) => [.. agent.Decisions().Where(decision => decision.Record is JournalRecord.CycleStarted).Select(decision => decision.Sequence)];

    /// <summary>Messages that the journal has before a record: one partition, each offset once, none passed over.</summary>
    private static long Messages(Agent agent, long before)
    {
        SourceOffset[] all = [.. Records(agent).Where(record => record.Sequence < before).Select(record => At(record.Record)).OfType<SourceOffset>()];
        Assert.Equal(Enumerable.Range(0, all.Length).Select(offset => (long)offset), all.Select(at => at.Offset));
        return all.Length;
    }

    private static long Trainable(Agent agent, long since) => Records(agent).Count(record => record.Sequence > since && record.Record is JournalRecord.Admitted { IsSentinel: false });

    private static List<NumberedRecord> Records(Agent agent)
    {
        using JournalCursor cursor = agent.Parts.Ledger.Read(0);
        var records = new List<NumberedRecord>();
        while (cursor.MoveNext()) records.Add(cursor.Current);
        return records;
    }

    private static SourceOffset? At(JournalRecord record) => record switch
    {
        JournalRecord.Admitted admitted => admitted.Sample.At,
        JournalRecord.Rejected rejected => rejected.Delivery.At,
        JournalRecord.Skipped skipped => skipped.At,
        _ => null,
    };
}
