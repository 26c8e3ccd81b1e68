using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.State;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Objectives;

public sealed class KnobTests
{
    public static TheoryData<string> Names { get; } = [.. ObjectiveRegistry.All.Where(objective => objective.Knobs.Count > 0).Select(objective => objective.Name)];

    [Fact]
    public void Every_knob_says_what_it_is_and_has_its_default_in_its_range()
    {
        Assert.All(ObjectiveRegistry.All, objective =>
        {
            Assert.Distinct(objective.Knobs.Select(knob => knob.Name));
            Assert.All(objective.Knobs, knob =>
            {
                Assert.Matches("^[a-z][a-zA-Z]*$", knob.Name);
                Assert.Null(knob.Complaint(knob.Default));
                Assert.NotNull(knob.Complaint(knob.Max + 1));
                Assert.NotNull(knob.Complaint(double.NaN));
                Assert.True(knob.Meaning.Length > 10 && knob.Source.Length > 4, $"{objective.Name}: {knob}");
            });
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_knob_changes_what_is_learned_and_defaults_that_are_spelled_out_change_nothing(string objective)
    {
        LearnerPlan usual = PlanOf(objective);
        string digest = Digest(usual);
        Assert.Equal(digest, Digest(PlanOf(objective, [.. Knobs(usual).Select(knob => (knob.Key, knob.Value))])));
        Assert.All(Knobs(usual), knob =>
        {
            LearnerPlan other = PlanOf(objective, (knob.Key, Another(objective, knob.Key, knob.Value)));
            Assert.NotEqual(usual.ToJson(), other.ToJson());
            Assert.NotEqual(digest, Digest(other));
        });
    }

    [Fact]
    public void A_plan_records_every_knob_as_it_was_resolved()
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with
        {
            MaeMaskRatio = 0.5,
            MlmMaskRate = 0.3,
            Objectives = [new() { Name = "mae" }, new() { Name = "mlm" }, new() { Name = "clip" }, new() { Name = "moco-v2", Knobs = Set(("temperature", 0.1)) }, new() { Name = "text-denoising", Knobs = Set(("noiseRate", 0.2)) }],
        });
        Assert.Equal(["0.5", "0.3", "100", "0.1 0.999 1024", "0.2"], plan.Objectives.Select(one => string.Join(' ', one.Knobs?.Values ?? [])));
        LearnerPlan read = LearnerPlan.FromJson(plan.ToJson());
        Assert.Equal(plan.ToJson(), read.ToJson());
        Assert.Equal(Knobs(plan, "moco-v2"), Knobs(read, "moco-v2"));
        Assert.Equal(4096, Knobs(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = "moco-v2" }] }, new ModelOptions()), "moco-v2")["queue"]);
    }

    [Fact]
    public void Maes_own_knob_goes_before_the_option_that_it_shares_with_reconstructions()
    {
        Assert.Equal(4, Some.Plan(Some.SmallLearning with { MaeMaskRatio = 0.5, Objectives = [new() { Name = "mae", Knobs = Set(("maskRatio", 0.75)) }] }).Masking.PatchesKept);
        Assert.Equal(8, Some.Plan(Some.SmallLearning with { MaeMaskRatio = 0.5, Objectives = [new() { Name = "mae" }] }).Masking.PatchesKept);
    }

    [Fact]
    public void A_plan_from_before_there_were_knobs_trains_as_it_did()
    {
        LearnerPlan now = PlanOf("byol");
        string before = now.ToJson().Replace(",\"knobs\":{\"momentum\":0.996}", "", StringComparison.Ordinal);
        Assert.DoesNotContain("knobs", before, StringComparison.Ordinal);
        Assert.Equal(Digest(now), Digest(LearnerPlan.FromJson(before)));
    }

    [Fact]
    public void What_is_wrong_is_told_with_value_range_and_what_there_is()
    {
        string[] faults = [.. new LearningOptions
        {
            Objectives = [new() { Name = "moco-v3", Knobs = Set(("temperatur", 1), ("temperature", 11)) }, new() { Name = "beit", Knobs = Set(("tokens", 2.5)) }, new() { Name = "causal-lm", Knobs = Set(("x", 1)) }],
        }.Faults()];
        Assert.Equal(
            [
                "objective 'moco-v3' has no knob 'temperatur': it has temperature, momentum",
                "objective 'moco-v3': knob temperature is 11 and must lie between 0.01 and 10: it is what scores are divided by: less looks at the nearest alone, more at all alike",
                "objective 'beit': knob tokens is 2.5 and must be a whole number: it is kinds of patches that the tokenizer tells apart",
                "objective 'causal-lm' has no knob 'x': it has none",
            ],
            faults);
    }

    [Fact]
    public void No_knob_of_a_standard_objective_changes_a_shape()
    {
        ModelPlan model = Some.Plan().Model;
        Assert.All(ObjectiveRegistry.Standard.SelectMany(objective => objective.Knobs.Select(knob => (objective, knob))), one =>
            Assert.Equal(
                ObjectiveRegistry.Layout(model, [one.objective]).Slots.Select(slot => (slot.Spec.Name, slot.Spec.Count, slot.Offset)),
                ObjectiveRegistry.Layout(model, [one.objective.Under(PlanOf(one.objective.Name, (one.knob.Name, one.knob.Max)))]).Slots.Select(slot => (slot.Spec.Name, slot.Spec.Count, slot.Offset))));
    }

    [Theory]
    [InlineData(64, 130)]
    [InlineData(0, 128)]
    public void An_objective_that_a_knob_gave_another_shape_or_a_memory_begins_anew_as_a_whole_and_the_towers_stay(int queueBefore, int prototypes)
    {
        using Learner learner = Trained(PlanOf("swav", ("queue", queueBefore)), 3);
        using IModelSnapshot snapshot = learner.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        LearnerPlan wider = PlanOf("swav", ("queue", 64), ("prototypes", prototypes));
        using Learner other = Some.Learner(wider);
        other.RevertTo(stored);
        using IModelSnapshot after = other.Snapshot();
        Assert.Equal(Bytes(snapshot, "vision.norm.bias"), Bytes(after, "vision.norm.bias"));
        using Learner fresh = Some.Learner(wider);
        using IModelSnapshot first = fresh.Snapshot();
        Assert.Equal(Bytes(first, Projection(first)), Bytes(after, Projection(after)));
        Assert.NotEqual(Bytes(snapshot, Projection(snapshot)), Bytes(after, Projection(after)));
        Assert.All(State(after), value => Assert.Equal(0, value)); // The queue held projections of the old head.
        if (queueBefore > 0) Assert.Contains(State(snapshot), value => value != 0);

        static string Projection(IModelSnapshot of) => of.Model.First(tensor => tensor.Name.StartsWith("swav.projection", StringComparison.Ordinal) && tensor.Shape.Count == 2).Name;
    }

    private static byte[] Bytes(IModelSnapshot snapshot, string name) => snapshot.Model.Single(tensor => tensor.Name == name).Data.ToArray();

    private static byte[] State(IModelSnapshot snapshot) => snapshot.Training.Single(tensor => tensor.Name == LearnerState.ObjectiveStateName).Data.ToArray();

    private static LearnerPlan PlanOf(string objective, params (string Knob, double Value)[] knobs) =>
        Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = objective, Knobs = Set(knobs) }], WarmupSteps = 0 });

    private static Dictionary<string, double> Set(params (string Knob, double Value)[] knobs) => knobs.ToDictionary(one => one.Knob, one => one.Value);

    private static IReadOnlyDictionary<string, double> Knobs(LearnerPlan plan, string? objective = null) =>
        Check.NotNull(plan.Objectives.First(one => objective is null || one.Name == objective).Knobs, "it has knobs");

    /// <summary>Clusterings come every tenth step at first: others of these show at once.</summary>
    private static string Digest(LearnerPlan plan)
    {
        using Learner learner = Trained(plan, plan.Objectives[0].Name == "deepcluster-v2" ? 12 : 3);
        return learner.Digest();
    }

    private static Learner Trained(LearnerPlan plan, int steps)
    {
        Learner learner = Some.Learner(plan);
        learner.AdoptTokenizer(new ByteTokenizer());
        IBatchSource source = ObjectiveRegistry.Find(plan.Objectives[0].Name)?.Windows is null ? new KeyedSource(40, 40, 40) : new Films(4);
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, steps, source, _ => true, null);
        Assert.All(report.Objectives.Values, objective => Assert.Equal(0, objective.SkippedSteps));
        return learner;
    }

    private static double Another(string objective, string name, double byDefault)
    {
        Knob knob = Check.NotNull(ObjectiveRegistry.Find(objective), "it is known").Knobs.Single(one => one.Name == name);
        // Each shows within a few steps; k-means may have come to rest after fewer rounds than it may have.
        if (name is "stepsBetween" or "scaleMax") return 5;
        if (name == "iterations") return 1;
        if (name == "margin") return knob.Min; // While all distances are small, any larger one asks the same.
        return knob.IsWhole ? byDefault + 1 : (byDefault + knob.Max) / 2;
    }
}
