using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Guarded;

/// <summary>A real network that is made to collapse or to diverge, and the real guard: it is rejected after the very cycle in which it happens.</summary>
public sealed class ForcedCollapseTests(ITestOutputHelper output)
{
    private static readonly Guard Guard = new(new GuardOptions());

    [Fact]
    public void Without_a_stopped_gradient_the_features_collapse_and_the_version_is_rejected()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = SimSiam.Definition.Name, BatchSize = 16 }], LearningRate = 2e-3, WarmupSteps = 10 });
        using Learner learner = Some.Learner(plan, Unstopped.SimSiam);
        ProbeReport before = learner.Probe(new Sentinels());
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), before, null);

        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, 200, new KeyedSource(200, 0, 0), _ => true, null);
        ProbeReport after = learner.Probe(new Sentinels());
        Verdict verdict = Guard.Judge(new GuardInput(report, after, book));

        Tell(before, after, report, verdict);
        // By its own loss, trained and held out, all is well.
        Assert.True(report.Objectives[SimSiam.Definition.Name].LossLast < 0.2 * report.Objectives[SimSiam.Definition.Name].LossFirst);
        Assert.All(after.Eras, era => Assert.True(era.Loss < before.Eras.First(other => other.Era == era.Era).Loss));
        Assert.Equal(VerdictKind.Reject, verdict.Kind);
        Assert.Contains(verdict.Reasons, reason => reason is { Policy: "collapse", Kind: VerdictKind.Reject });
    }

    [Fact]
    public void A_joint_space_whose_vectors_nothing_drives_apart_collapses_between_healthy_towers_and_the_version_is_rejected()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = Clip.Definition.Name, BatchSize = 16 }], LearningRate = 1e-2, WarmupSteps = 10 });
        using Learner learner = Some.Learner(plan, Unopposed.Clip);
        learner.AdoptTokenizer(new ByteTokenizer());
        ProbeReport before = learner.Probe(new Sentinels());
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), before, null);

        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, 200, new KeyedSource(0, 0, 200), _ => true, null);
        ProbeReport after = learner.Probe(new Sentinels());
        Verdict verdict = Guard.Judge(new GuardInput(report, after, book));

        Tell(before, after, report, verdict);
        Assert.Equal(before.Features, after.Features);
        Assert.Equal(VerdictKind.Reject, verdict.Kind);
        Assert.All(verdict.Reasons.Where(reason => reason.Kind != VerdictKind.Promote && reason.Policy == "collapse"), reason => Assert.StartsWith("joint ", reason.Measure, StringComparison.Ordinal));
        Assert.Contains(verdict.Reasons, reason => reason is { Policy: "collapse", Kind: VerdictKind.Reject });
    }

    [Theory]
    [InlineData("clip")]
    [InlineData("siglip")]
    public void A_joint_space_that_learns_in_health_is_let_through_cycle_after_cycle(string objective)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = objective, BatchSize = 16 }, new() { Name = "mae" }, new() { Name = "mlm" }], LearningRate = 2e-3 });
        using Learner learner = Some.Learner(plan);
        learner.AdoptTokenizer(new ByteTokenizer());
        EraBook book = EraBook.Empty;
        for (int cycle = 1; cycle <= 8; cycle++)
        {
            CycleReport report = learner.RunCycle(new CycleNumber(cycle), 0, 90, new KeyedSource(200, 200, 200), _ => true, null);
            ProbeReport probe = learner.Probe(new Sentinels());
            Verdict verdict = Guard.Judge(new GuardInput(report, probe, book));
            output.WriteLine($"{cycle}: {string.Join("; ", probe.Spaces.Select(health => $"{health.Tower} rank {health.EffectiveRank:G3} std {health.StdRatio:G3} tail {health.TailShare:G3} uniformity {health.Uniformity:G3}"))}");
            output.WriteLine($"   {verdict.Kind}: {string.Join("; ", verdict.Reasons)}");
            Assert.DoesNotContain(verdict.Reasons, reason => reason.Kind != VerdictKind.Promote && (reason.Policy == "collapse" || reason.Measure.Contains("largest rise", StringComparison.Ordinal)));
            book = book.Promoted(new ModelVersion(cycle), probe, report);
        }
    }

    [Fact]
    public void A_first_version_has_nothing_to_be_compared_with_and_its_collapse_is_seen_all_the_same()
    {
        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { LearningRate = 1000 * Some.SmallLearning.LearningRate }));
        learner.AdoptTokenizer(new ByteTokenizer());
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, 30, new KeyedSource(64, 64, 64), _ => true, null);
        ProbeReport probe = learner.Probe(new Sentinels());
        Verdict verdict = Guard.Judge(new GuardInput(report, probe, EraBook.Empty));
        Tell(probe, probe, report, verdict);
        Assert.Equal(VerdictKind.Reject, verdict.Kind);
    }

    [Fact]
    public void A_learning_rate_a_thousand_times_too_high_is_caught_within_one_cycle()
    {
        using Learner sound = Some.Learner(Some.Plan());
        sound.AdoptTokenizer(new ByteTokenizer());
        CycleReport first = sound.RunCycle(new CycleNumber(1), 0, 60, new KeyedSource(64, 64, 64), _ => true, null);
        ProbeReport before = sound.Probe(new Sentinels());
        Assert.Equal(VerdictKind.Promote, Guard.Judge(new GuardInput(first, before, EraBook.Empty)).Kind);
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), before, first);

        using IModelSnapshot snapshot = sound.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        LearnerPlan wild = Some.Plan(Some.SmallLearning with { LearningRate = 1000 * Some.SmallLearning.LearningRate });
        using Learner learner = Some.Learner(wild);
        learner.RevertTo(stored);
        CycleReport report = learner.RunCycle(new CycleNumber(2), 0, 30, new KeyedSource(64, 64, 64), _ => true, null);
        ProbeReport after = learner.Probe(new Sentinels());
        Verdict verdict = Guard.Judge(new GuardInput(report, after, book));
        Tell(before, after, report, verdict);
        Assert.Equal(VerdictKind.Reject, verdict.Kind);

        // And the same cycle at the right rate is none.
        sound.RevertTo(stored);
        CycleReport calm = sound.RunCycle(new CycleNumber(2), 0, 30, new KeyedSource(64, 64, 64), _ => true, null);
        Verdict right = Guard.Judge(new GuardInput(calm, sound.Probe(new Sentinels()), book));
        output.WriteLine($"at the right rate: {right.Kind}: {string.Join("; ", right.Reasons)}");
        Assert.Equal(VerdictKind.Promote, right.Kind);
    }

    private void Tell(ProbeReport before, ProbeReport after, CycleReport report, Verdict verdict)
    {
        output.WriteLine($"before {string.Join("; ", before.Spaces)}");
        output.WriteLine($"after {string.Join("; ", after.Spaces)}");
        output.WriteLine(string.Join("; ", report.Objectives.Values.Select(summary => $"{summary.Objective} {summary.LossFirst:G3} to {summary.LossLast:G3}")));
        output.WriteLine($"{verdict.Kind}: {string.Join("; ", verdict.Reasons)}");
    }
}
