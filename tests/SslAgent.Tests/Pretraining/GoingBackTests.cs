using SslAgent.Domain;
using SslAgent.Learning.Options;
using SslAgent.Pretraining;
using SslAgent.Replay;

namespace SslAgent.Tests.Pretraining;

/// <summary>How <c>pretrain --from</c> finds in the journal that it is under way.</summary>
public sealed class GoingBackTests
{
    private static readonly Stage Masked = StageOf(1, "mae"), Contrast = StageOf(2, "simclr");

    private readonly List<NumberedRecord> _decisions = [];

    [Fact]
    public void A_journal_without_such_a_rollback_is_not_under_way_and_has_no_suffix()
    {
        Begin("pretrain 1 mae");
        Back(1, version: 2, "a person's reason");
        Assert.Equal("", GoingBack.Since(_decisions));
        Assert.False(IsUnderWay(1, Masked));
    }

    [Fact]
    public void It_is_under_way_from_its_rollback_on_through_its_own_stages()
    {
        Begin("pretrain 1 mae");
        Back(1, version: 2);
        Assert.True(IsUnderWay(1, Masked), "stopped right after the rollback");
        Assert.Equal(" since v2", GoingBack.Since(_decisions));
        Begin("pretrain 1 mae since v2");
        Begin("pretrain 2 simclr since v2");
        Assert.True(IsUnderWay(1, Masked, Contrast));
    }

    [Fact]
    public void Another_version_other_stages_or_what_was_trained_in_between_begin_anew()
    {
        Back(1, version: 2);
        Assert.False(IsUnderWay(2, Masked), "another version");
        Begin("pretrain 2 simclr since v2");
        Assert.False(IsUnderWay(1, Masked), "other stages");
        Begin("interval");
        Assert.False(IsUnderWay(1, Masked, Contrast), "the daemon trained in between");
        Back(1, version: 5);
        Assert.True(IsUnderWay(1, Masked), "gone back to anew");
        Back(1, version: 6, "a person's reason");
        Assert.False(IsUnderWay(1, Masked), "gone back by hand");
    }

    [Fact]
    public void A_version_of_its_own_that_was_accepted_does_not_begin_it_anew()
    {
        Back(to: 2, version: 5);
        Begin(StageOf(1, "mae").Trigger + GoingBack.Since(_decisions));
        Add(new JournalRecord.RolledBack(new ModelVersion(6), 0, new ModelVersion(7), ReplayRollback.Keep, "it is well", []) { Accepts = true });
        Assert.True(IsUnderWay(2, StageOf(1, "mae")));
        Add(new JournalRecord.RolledBack(new ModelVersion(4), 0, new ModelVersion(8), ReplayRollback.Keep, "another line's", []) { Accepts = true });
        Assert.False(IsUnderWay(2, StageOf(1, "mae")));
    }

    private bool IsUnderWay(int version, params Stage[] stages) => GoingBack.IsUnderWay(_decisions, new ModelVersion(version), stages);

    private void Begin(string trigger) => Add(new JournalRecord.CycleStarted(new CycleNumber(1), "{}", "here", trigger));

    private void Back(int to, int version, string? reason = null)
    {
        RollbackRequest request = GoingBack.To(new ModelVersion(to));
        Assert.Equal((ReplayRollback.Keep, false), (request.Replay, request.DryRun));
        Add(new JournalRecord.RolledBack(request.To, 0, new ModelVersion(version), request.Replay, reason ?? request.Reason, []));
    }

    private void Add(JournalRecord record) => _decisions.Add(new NumberedRecord(_decisions.Count, record));

    private static Stage StageOf(int number, string objective) => new(number, [new ObjectiveOptions { Name = objective }], Epochs: 1, LearningRate: 1e-3);
}
