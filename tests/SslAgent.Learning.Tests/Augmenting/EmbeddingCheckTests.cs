using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class EmbeddingCheckTests
{
    private const int Steps = 6;

    [Fact]
    public void A_limit_that_every_view_keeps_changes_nothing_but_the_counts()
    {
        (string off, ViewCounts? none) = Train(PlanOf(cosineMin: null));
        (string on, ViewCounts? all) = Train(PlanOf(-1));
        Assert.Null(none);
        Assert.Equal(new ViewCounts(Steps * 8 * 2, 0, 0), all);
        Assert.Equal(off, on);
    }

    [Fact]
    public void Views_below_the_limit_are_drawn_again_so_often_and_then_the_whole_picture_stands_for_them()
    {
        (string off, _) = Train(PlanOf(cosineMin: null));
        (string once, ViewCounts? rejected) = Train(PlanOf(0.999, drawsMax: 1));
        (string often, ViewCounts? fewer) = Train(PlanOf(0.999, drawsMax: 6));
        Assert.True(rejected is { Rejected: > 0 } && rejected.Rejected == rejected.Weak, $"{rejected}");
        Assert.True(fewer is not null && fewer.Rejected > rejected.Rejected && fewer.Weak < rejected.Weak, $"{fewer}, with one draw {rejected}");
        Assert.Equal(3, new HashSet<string> { off, once, often }.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void A_cycle_that_goes_on_from_a_resume_point_rejects_what_an_undisturbed_one_does(double emaDecay)
    {
        LearnerPlan plan = PlanOf(0.99, drawsMax: 3, emaDecay);
        (string digest, ViewCounts? counts) = Train(plan);
        Assert.Equal((digest, counts), Train(plan));
        using Learner first = Some.Learner(plan);
        first.RunCycle(new CycleNumber(1), 0, Steps, Source(), done => done < 4, null);
        using IModelSnapshot snapshot = first.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        using Learner second = Some.Learner(plan);
        second.RevertTo(stored);
        CycleReport report = second.RunCycle(new CycleNumber(1), 4, Steps, Source(), _ => true, null);
        Assert.Equal((digest, counts), (second.Digest(), report.Objectives["byol"].Views));
        Assert.True(counts is { Rejected: > 0 }, $"{counts}");
    }

    [Fact]
    public void What_is_served_is_asked_the_average_where_it_is_on()
    {
        // A young average is near the weights: it takes steps to lag behind.
        const int steps = 40;
        ViewCounts? average = Train(PlanOf(0.99, drawsMax: 3, emaDecay: 0.999, rate: 0.02), steps).Views, own = Train(PlanOf(0.99, drawsMax: 3, rate: 0.02), steps).Views;
        Assert.NotNull(average);
        Assert.NotEqual(average, own);
    }

    [Fact]
    public void A_check_of_the_callers_own_rejects_views_of_training_alone_and_beside_that_of_the_plan()
    {
        ViewCheck never = ViewCheck.Keeping("never", (_, views) => zeros(views.shape[0])), always = ViewCheck.Keeping("always", (_, views) => ones(views.shape[0]));
        const int views = Steps * 8 * 2;
        Assert.Equal(new ViewCounts(views, 0, 0), Count(PlanOf(cosineMin: null), [always]));
        Assert.Equal(new ViewCounts(views, views * 3, views), Count(PlanOf(cosineMin: null), [never])); // three draws of each, then the whole picture
        Assert.Equal(new ViewCounts(views, views * 3, views), Count(PlanOf(-1), [always, never]));
        Assert.Null(Count(PlanOf(cosineMin: null), []));

        static ViewCounts? Count(LearnerPlan plan, ViewCheck[] checks)
        {
            using Learner learner = Some.Learner(plan);
            learner.CheckViews(checks, drawsMax: 3);
            return learner.RunCycle(new CycleNumber(1), 0, Steps, Source(), _ => true, null).Objectives["byol"].Views;
        }
    }

    [Fact]
    public void Steps_tell_their_counts_and_the_plan_has_the_limits()
    {
        LearnerPlan plan = PlanOf(0.99);
        ViewCounts? told = null;
        using Learner learner = Some.Learner(plan);
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, Steps, Source(), _ => true, step => told = ViewCounts.Sum(told, step.Views));
        Assert.Equal(report.Objectives["byol"].Views, told);
        Assert.Equal(new ViewCheckPlan(0.99, 4), LearnerPlan.FromJson(plan.ToJson()).Augmentation.Check);
        Assert.DoesNotContain("check", PlanOf(cosineMin: null).ToJson(), StringComparison.Ordinal);
        Assert.Null(LearnerPlan.FromJson(PlanOf(cosineMin: null).ToJson()).Augmentation.Check);
    }

    private static LearnerPlan PlanOf(double? cosineMin, int drawsMax = 4, double emaDecay = 0, double rate = 1e-3) => Some.Plan(Some.SmallLearning with
    {
        Objectives = [new ObjectiveOptions { Name = "byol" }],
        ViewCosineMin = cosineMin,
        ViewDrawsMax = drawsMax,
        EmaDecay = emaDecay,
        WarmupSteps = 0,
        LearningRate = rate,
    });

    private static KeyedSource Source() => new(40, 0, 0);

    private static (string Digest, ViewCounts? Views) Train(LearnerPlan plan, int steps = Steps)
    {
        using Learner learner = Some.Learner(plan);
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, steps, Source(), _ => true, null);
        return (learner.Digest(), report.Objectives["byol"].Views);
    }
}
