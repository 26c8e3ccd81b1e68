using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class CourseTests
{
    private static readonly GuardOptions Options = new() { DriftPlasticCycles = 2 };

    private static readonly JournalRecord Began = new JournalRecord.CycleStarted(new CycleNumber(1), "{}", "test", "count");

    private static JournalRecord.CycleEnded Ended(VerdictKind kind) =>
        new(new CycleNumber(1), 10, new ModelVersion(1), new Verdict(kind, []), []);

    private static Course Fold(params JournalRecord[] records) => records.Aggregate(Course.Start, (course, record) => course.After(record));

    [Fact]
    public void One_reject_changes_nothing_and_each_further_one_halves_the_rate_and_raises_replay()
    {
        Course course = Fold(Ended(VerdictKind.Reject));
        Assert.Equal((1.0, 1.0, false), (course.Under(Options).LearningRateScale, course.Under(Options).FreshScale, course.Under(Options).IsPaused));
        course = course.After(Ended(VerdictKind.Hold)).After(Ended(VerdictKind.Reject)).After(Ended(VerdictKind.Reject));
        Assert.Equal((0.25, 0.5625, false), (course.Under(Options).LearningRateScale, course.Under(Options).FreshScale, course.Under(Options).IsPaused));
    }

    [Fact]
    public void Promoted_versions_make_up_for_rejected_ones_one_by_one()
    {
        Course course = Fold(Ended(VerdictKind.Reject), Ended(VerdictKind.Reject), Ended(VerdictKind.Reject), Ended(VerdictKind.Promote));
        Assert.Equal(0.5, course.Under(Options).LearningRateScale);
        course = course.After(Ended(VerdictKind.Promote)).After(Ended(VerdictKind.Promote)).After(Ended(VerdictKind.Promote));
        Assert.Equal(0, course.Rung);
    }

    [Fact]
    public void After_five_it_pauses_until_somebody_looks()
    {
        JournalRecord[] rejects = [.. Enumerable.Repeat(Ended(VerdictKind.Reject), 5)];
        Assert.True(Fold(rejects).Under(Options).IsPaused);
        Assert.False(Fold(rejects).Under(Options with { RejectsBeforePause = 0 }).IsPaused);
        Assert.False(Fold(rejects).Under(Options with { RejectsBeforePause = 6 }).IsPaused);
        JournalRecord.RolledBack back = new(new ModelVersion(1), 0, new ModelVersion(9), ReplayRollback.Keep, "why", []);
        foreach (JournalRecord look in new JournalRecord[] { new JournalRecord.TrainingResumed("seen"), back })
            Assert.Equal(TrainingCourse.Plain, Fold([.. rejects, look]).Under(Options));
    }

    [Fact]
    public void A_drift_lets_it_learn_faster_for_some_cycles_unless_it_was_just_rejected()
    {
        Course course = Fold(Drift(2));
        Assert.Equal((1.5, 1.3, 1), (course.Under(Options).LearningRateScale, course.Under(Options).FreshScale, course.Under(Options).Drifts));
        Assert.Equal(1, course.After(Began).After(Ended(VerdictKind.Reject)).Under(Options).LearningRateScale);
        course = course.After(Began).After(Ended(VerdictKind.Promote)).After(Began).After(Ended(VerdictKind.Hold));
        Assert.Equal((1.0, 1.0, 0), (course.Under(Options).LearningRateScale, course.Under(Options).FreshScale, course.PlasticLeft));
    }

    [Fact]
    public void The_cycle_that_is_on_when_a_drift_is_found_is_none_of_those_that_learn_faster()
    {
        Course course = Fold(Began, Drift(1), Ended(VerdictKind.Promote));
        Assert.Equal((1.5, 1.3, 1), (course.Under(Options).LearningRateScale, course.Under(Options).FreshScale, course.PlasticLeft));
        course = course.After(Began).After(Ended(VerdictKind.Promote));
        Assert.Equal((1.0, 1.0, 0), (course.Under(Options).LearningRateScale, course.Under(Options).FreshScale, course.PlasticLeft));
    }

    [Fact]
    public void A_drift_within_the_last_cycle_that_learns_faster_gives_others_and_a_cycle_that_is_void_takes_none()
    {
        Assert.Equal(1, Fold(Drift(1), Began, Drift(1), Ended(VerdictKind.Promote)).PlasticLeft);
        Assert.Equal(2, Fold(Drift(3), Began, Drift(1), Ended(VerdictKind.Promote)).PlasticLeft);
        JournalRecord isVoid = new JournalRecord.CycleAbandoned(new CycleNumber(1), "test");
        Assert.Equal(2, Fold(Drift(2), Began, isVoid).PlasticLeft);
        Assert.Equal(1, Fold(Drift(2), Began, isVoid, Began, Ended(VerdictKind.Promote)).PlasticLeft);
    }

    [Fact]
    public void Held_versions_are_counted_until_one_is_promoted_and_are_many_from_the_third_on()
    {
        JournalRecord hold = Ended(VerdictKind.Hold), reject = Ended(VerdictKind.Reject);
        Assert.Null(Fold(Ended(VerdictKind.Promote)).Under(Options).Holds);
        Assert.Equal((2, false), Of(Fold(hold, hold)));
        Assert.Equal((3, true), Of(Fold(hold, reject, hold, hold, reject)));
        Assert.Null(Fold(hold, hold, hold, Ended(VerdictKind.Promote)).Under(Options).Holds);
        Assert.Equal((1, false), Of(Fold(hold, hold, hold, Ended(VerdictKind.Promote), hold)));
        Assert.Null(Fold(hold, hold, hold, new JournalRecord.RolledBack(new(1), 0, new(9), ReplayRollback.Keep, "why", [])).Under(Options).Holds);
        Assert.Equal((3, true), Of(Fold(hold, hold, hold, new JournalRecord.TrainingResumed("seen"))));

        static (int, bool) Of(Course course) => course.Under(Options).Holds is { } holds ? (holds.Versions, holds.IsLong) : (0, false);
    }

    [Theory]
    [InlineData(0.000001, 3)]
    [InlineData(0.01, 3)]
    [InlineData(0.05, 5)]
    [InlineData(0.2, 9)]
    public void More_held_versions_are_many_where_more_are_held_by_chance(double rate, int many)
    {
        GuardOptions options = Options with { FalseAlarmRate = rate };
        bool[] isLong = [.. Enumerable.Range(1, 12).Select(holds => Fold([.. Enumerable.Repeat(Ended(VerdictKind.Hold), holds)]).Under(options).Holds is { IsLong: true })];
        Assert.Equal(many - 1, isLong.TakeWhile(one => !one).Count());
        Assert.All(isLong.Skip(many - 1), Assert.True);
    }

    [Fact]
    public void The_last_held_versions_verdict_is_kept()
    {
        Verdict why = new(VerdictKind.Hold, [new VerdictReason("forgetting", "mae loss, era 0", 0.7, 0.6, "nats", VerdictKind.Hold)]);
        JournalRecord last = new JournalRecord.CycleEnded(new(2), 10, new(2), why, []);
        Assert.Same(why, Fold(Ended(VerdictKind.Hold), last, Ended(VerdictKind.Reject)).Under(Options).Holds?.Last);
    }

    private static JournalRecord.DriftFound Drift(int plasticCycles) => new("cam", "frame brightness", 1, 2, plasticCycles);
}
