using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Tests.Pipeline;

public sealed class LineageFoldTests
{
    private readonly LineageFold _fold = new();
    private long _sequence;

    [Fact]
    public void A_promoted_version_is_trained_on_and_served()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Assert.Equal((V(1), V(1)), (_fold.Head, _fold.Promoted));
    }

    [Fact]
    public void A_held_version_is_trained_on_and_not_served()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Cycle(2, 2, VerdictKind.Hold);
        Assert.Equal((V(2), V(1)), (_fold.Head, _fold.Promoted));
    }

    [Fact]
    public void A_rejected_version_leads_back_to_the_last_promoted_one()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Cycle(2, 2, VerdictKind.Hold);
        Cycle(3, 3, VerdictKind.Reject);
        Assert.Equal((V(1), V(1)), (_fold.Head, _fold.Promoted));
        Apply(Started(4));
        Assert.Equal(V(1), _fold.Open!.Parent);
    }

    [Fact]
    public void Before_any_promotion_a_rejection_leads_back_to_the_beginning()
    {
        Cycle(1, 1, VerdictKind.Reject);
        Assert.Null(_fold.Head);
        Assert.Equal(new ModelVersion(2), _fold.NextVersion);
    }

    [Fact]
    public void Who_is_redundant_belongs_to_the_cycle_that_is_open()
    {
        Apply(Started(1));
        var evicted = new JournalRecord.Evicted(new CycleNumber(1), [new SampleId(3)], [], []);
        Apply(evicted);
        Assert.Same(evicted, _fold.Open!.Evicted);
        Apply(new JournalRecord.CycleAbandoned(new CycleNumber(1), "test"));
        Apply(Started(2));
        Assert.Null(_fold.Open!.Evicted);
        Assert.Empty(_fold.Oddities);
        Apply(evicted);
        Assert.Null(_fold.Open!.Evicted);
        Assert.Contains("cycle 1 found samples redundant", Assert.Single(_fold.Oddities), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollback_becomes_the_head_under_a_new_number()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Cycle(2, 2, VerdictKind.Promote);
        Apply(new JournalRecord.RolledBack(new(1), 0, new(3), ReplayRollback.Keep, "bad data", []));
        Assert.Equal((V(3), V(3)), (_fold.Head, _fold.Promoted));
        Assert.Equal(new ModelVersion(4), _fold.NextVersion);
    }

    [Fact]
    public void A_rollback_to_a_held_version_serves_what_its_line_had_promoted()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Cycle(2, 2, VerdictKind.Hold);
        Cycle(3, 3, VerdictKind.Promote);
        Apply(new JournalRecord.RolledBack(new(2), 0, new(4), ReplayRollback.Keep, "as before", []));
        Assert.Equal((V(4), V(1)), (_fold.Head, _fold.Promoted));
    }

    [Fact]
    public void A_held_version_that_was_accepted_counts_as_promoted_and_going_back_to_the_held_one_undoes_that()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Cycle(2, 2, VerdictKind.Hold);
        Apply(new JournalRecord.RolledBack(new(2), 0, new(3), ReplayRollback.Keep, "it is well", []) { Accepts = true });
        Assert.Equal((V(3), V(3)), (_fold.Head, _fold.Promoted));
        Cycle(2, 4, VerdictKind.Reject);
        Assert.Equal((V(3), V(3)), (_fold.Head, _fold.Promoted));
        Apply(new JournalRecord.RolledBack(new(2), 0, new(5), ReplayRollback.Keep, "it is not", []));
        Assert.Equal((V(5), V(1)), (_fold.Head, _fold.Promoted));
    }

    [Fact]
    public void An_abandoned_cycle_keeps_its_number_and_leaves_the_head_alone()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Apply(Started(2));
        Apply(new JournalRecord.CycleAbandoned(new(2), "rolled back"));
        Assert.Null(_fold.Open);
        Assert.Equal((V(1), new CycleNumber(3)), (_fold.Head, _fold.NextCycle));
    }

    [Fact]
    public void An_open_cycle_remembers_where_it_stands_and_how_far_it_got()
    {
        Cycle(1, 1, VerdictKind.Promote);
        Apply(Started(2));
        Apply(new JournalRecord.BudgetReached(new(2), 17));
        Assert.Equal((V(1), 17), (_fold.Open!.Parent, _fold.Open.StepsDone));
    }

    private static ModelVersion? V(int number) => new ModelVersion(number);

    private static JournalRecord.CycleStarted Started(int cycle) => new(new(cycle), "{}", "test", "count");

    private void Cycle(int cycle, int version, VerdictKind kind)
    {
        Apply(Started(cycle));
        Apply(new JournalRecord.CycleEnded(new(cycle), 10, new(version), new Verdict(kind, []), []));
    }

    private void Apply(JournalRecord record) => _fold.Apply(_sequence++, record);
}
