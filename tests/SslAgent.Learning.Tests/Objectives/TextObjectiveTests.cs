using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What all objectives on texts and on pairs have in common, the standard ones apart; each has a file for what is its own.</summary>
public sealed class TextObjectiveTests
{
    public static TheoryData<string> Names => [ObjectiveNames.SigLip, ObjectiveNames.CausalLm, ObjectiveNames.SimCse, ObjectiveNames.SegmentOrder,
        ObjectiveNames.TextDenoising, ObjectiveNames.FlavaMmm];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_gradients_are_what_PyTorch_gives(string name)
    {
        using var fixture = Fixture.OfTexts();
        fixture.RequireSameAsPyTorch(CaseOf(name), LossOf(name, fixture), lossTolerance: 5e-5f, gradientTolerance: 5e-5f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        using var fixture = Fixture.OfTexts();
        FiniteDifferences.Require(fixture, () => LossOf(name, fixture));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_input_gives_the_same_loss_and_features_are_as_wide_as_they_say(string name)
    {
        using var fixture = Fixture.OfTexts();
        using IDisposable noGradients = no_grad();
        ObjectiveDefinition objective = Of(name);
        ObjectiveLoss loss = objective.Loss(fixture.Input);
        Assert.Equal(loss.Loss.item<float>(), objective.Loss(fixture.Input).Loss.item<float>());
        Assert.Equal(objective.TermNames.Count, loss.Terms.Length);
        Tensor[] features = [.. objective.Features(fixture.Input)];
        Assert.Equal(objective.FeatureWidths(fixture.Plan.Model).Select(width => (long)width), features.Select(feature => feature.shape[1]));
        foreach ((Tensor mine, Tensor beside) in features.Zip(loss.Features()))
            Assert.Equal(mine.data<float>().ToArray(), beside.data<float>().ToArray());
        Assert.InRange(objective.TrivialLoss(fixture.Input), 1e-3, 20);
    }

    [Theory]
    [InlineData(ObjectiveNames.CausalLm)]
    [InlineData(ObjectiveNames.SimCse)]
    [InlineData(ObjectiveNames.SegmentOrder)]
    [InlineData(ObjectiveNames.TextDenoising)]
    public void It_learns_what_is_held_out_of_real_log_lines(string name)
    {
        RealData data = RealData.LogLines();
        using Learner learner = data.Learner(Some.SmallLearning with
        {
            Objectives = [new() { Name = name, BatchSize = 32 }],
            LearningRate = 2e-3,
            WarmupSteps = 20,
            ProbeSentinelsMax = 64,
        });
        // Those on pairs have tests of their own, in which they show more.
        EraProbe before = learner.Probe(data).Eras.Single();
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, 200, data, _ => true, null);
        ProbeReport after = learner.Probe(data);
        Assert.Equal(0, report.Objectives[name].SkippedSteps);
        Assert.True(after.Eras.Single().Loss < 0.95 * Math.Min(before.Loss, before.TrivialLoss), $"{before} → {after.Eras.Single()}");
        Assert.All(after.Features, health => Assert.True(health.EffectiveRank > 1.5, health.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_bf16_it_begins_at_nearly_the_same_loss_and_steps_are_taken(string name)
    {
        double exact = First("fp32"), rounded = First("bf16");
        Assert.True(Math.Abs(exact - rounded) < 0.02 * exact, $"{exact} in fp32, {rounded} in bf16");

        double First(string dtype)
        {
            using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = name }], Dtype = dtype }));
            learner.AdoptTokenizer(new ByteTokenizer());
            ObjectiveSummary summary = learner.RunCycle(new CycleNumber(1), 0, 3, new KeyedSource(0, 40, 40), _ => true, null).Objectives[name];
            Assert.Equal(0, summary.SkippedSteps);
            return summary.LossFirst;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_batch_of_one_has_a_loss_and_a_slope_or_is_refused_by_its_size(string name)
    {
        using var fixture = Fixture.OfTexts();
        ObjectiveDefinition objective = Of(name);
        if (name is ObjectiveNames.SigLip or ObjectiveNames.SimCse)
        {
            Assert.Equal(2, objective.SamplesMin);
            return;
        }

        Tensor loss = objective.Loss(fixture.Input with { Frames = fixture.Input.Frames!.narrow(0, 0, 1), Texts = fixture.Input.Texts!.Select([0]) }).Loss;
        loss.backward();
        Assert.True(float.IsFinite(loss.item<float>()));
        Assert.InRange(fixture.Gradients.norm().item<float>(), 1e-4f, 1e4f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_its_own_comes_and_goes_with_the_plan_and_a_cut_off_cycle_goes_on_with_the_same_bytes(string name)
    {
        var learning = Some.SmallLearning with { Objectives = [new() { Name = name }] };
        var source = new KeyedSource(0, 40, 40);
        using Learner whole = Reading(learning), cut = Reading(learning), later = Reading(learning);
        whole.RunCycle(new CycleNumber(1), 0, 8, source, _ => true, null);
        cut.RunCycle(new CycleNumber(1), 0, 8, source, done => done < 5, null);
        using IModelSnapshot snapshot = cut.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        later.RevertTo(stored);
        later.RunCycle(new CycleNumber(1), 5, 8, source, _ => true, null);
        Assert.Equal(whole.Digest(), later.Digest());

        using Learner without = Reading(Some.SmallLearning);
        without.RevertTo(stored);
        using IModelSnapshot standard = without.Snapshot();
        Assert.All(Of(name).Declare(whole.Plan.Model).SelectMany(section => section.Parameters), own =>
        {
            Assert.Contains(stored.Model.Keys, key => key == own.Name);
            Assert.DoesNotContain(standard.Model, tensor => tensor.Name == own.Name);
        });

        static Learner Reading(Options.LearningOptions learning)
        {
            Learner learner = Some.Learner(Some.Plan(learning));
            learner.AdoptTokenizer(new ByteTokenizer());
            return learner;
        }
    }

    /// <summary>The loss of what the fixture's script was given, where chance would decide.</summary>
    private static Tensor LossOf(string name, Fixture fixture) => name switch
    {
        ObjectiveNames.SimCse => SimCse.Loss(fixture.Input, fixture.Tensor("inputs/dropped").data<float>().ToArray(), 0.05).Loss,
        ObjectiveNames.SegmentOrder => SegmentOrder.Loss(fixture.Input, ArrangementOf(fixture)).Loss,
        ObjectiveNames.TextDenoising => TextDenoising.Loss(fixture.Input, CorruptionOf(fixture)).Loss,
        ObjectiveNames.FlavaMmm => FlavaMmm.Loss(fixture.Input, MaskingOf(fixture), KnobValues.None).Loss,
        _ => Of(name).Loss(fixture.Input).Loss,
    };

    private static SegmentOrder.Arrangement ArrangementOf(Fixture fixture) => new(
        new TokenBatch(fixture.Integers("inputs/arranged"), fixture.Input.Texts!.Lengths, fixture.Input.Texts.Width),
        fixture.Tensor("inputs/swapped").data<float>().ToArray(), fixture.Tensor("inputs/told").data<float>().ToArray());

    private static TextDenoising.Corruption CorruptionOf(Fixture fixture) =>
        TextDenoising.Corrupt(fixture.Input.Texts!, 0.15, 300, default) with { Ids = fixture.Integers("inputs/noisy") };

    private static Mlm.Masking MaskingOf(Fixture fixture)
    {
        int[] masked = fixture.Integers("inputs/masked"), ids = fixture.Input.Texts!.Ids, positions = [.. Enumerable.Range(0, ids.Length).Where(place => masked[place] > 0)];
        return new Mlm.Masking(
            [.. ids.Select((id, place) => masked[place] > 0 ? SpecialTokens.Mask : id)], positions, [.. positions.Select(place => (long)ids[place])]);
    }

    private static ObjectiveDefinition Of(string name) => ObjectiveRegistry.All.Single(objective => objective.Name == name);

    private static string CaseOf(string name) => name.Replace('-', '_');
}
