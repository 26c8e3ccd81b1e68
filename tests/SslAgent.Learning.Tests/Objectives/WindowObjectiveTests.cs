using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>What all objectives on windows of time have in common; each has a file for what is its own.</summary>
public sealed class WindowObjectiveTests
{
    public static TheoryData<string> Names => [ObjectiveNames.Tcn, ObjectiveNames.Cpc, ObjectiveNames.TemporalOrder, ObjectiveNames.WorldModel];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_gradients_are_what_PyTorch_gives(string name)
    {
        using var fixture = Fixture.OfTimes();
        fixture.RequireSameAsPyTorch(CaseOf(name), LossOf(name, fixture), lossTolerance: 5e-5f, gradientTolerance: 5e-5f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        using var fixture = Fixture.OfTimes();
        FiniteDifferences.Require(fixture, () => LossOf(name, fixture), step: 1e-3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_order_of_windows_changes_no_loss_and_features_are_as_wide_as_they_say(string name)
    {
        using var fixture = Fixture.OfTimes();
        using IDisposable noGradients = no_grad();
        ObjectiveDefinition objective = Of(name);
        ObjectiveInput input = InputOf(name, fixture);
        ObjectiveLoss loss = objective.Loss(input);
        Assert.Equal(loss.Loss.item<float>(), objective.Loss(input).Loss.item<float>());
        Assert.Equal(objective.TermNames.Count, loss.Terms.Length);
        Tensor[] features = [.. objective.Features(input)];
        Assert.Equal(objective.FeatureWidths(fixture.Plan.Model).Select(width => (long)width), features.Select(feature => feature.shape[1]));
        foreach ((Tensor mine, Tensor beside) in features.Zip(loss.Features())) Assert.Equal(Pictures.Values(mine), Pictures.Values(beside));
        Assert.InRange(objective.TrivialLoss(input), 1e-3, 20);
        if (objective.ProbeLosses is { } several)
        {
            Assert.Equal([1L, input.Frames!.shape[0] / input.WindowFrames], several(input).shape);
            Assert.Equal(loss.Loss.item<float>(), several(input).mean().item<float>(), 1e-5f);
        }

        if (name is ObjectiveNames.Tcn or ObjectiveNames.TemporalOrder) return; // What they draw goes by a window's place: their own tests give it.
        int[] turned = [.. Enumerable.Range(8, 8), .. Enumerable.Range(0, 8)];
        ObjectiveInput other = input with { Frames = input.Frames!.index_select(0, tensor(turned)), Texts = input.Texts!.Select(turned) };
        Assert.Equal(loss.Loss.item<float>(), objective.Loss(other).Loss.item<float>(), 1e-5f);
        Assert.Equal(objective.TrivialLoss(input), objective.TrivialLoss(other), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_window_has_a_loss_and_a_slope_or_is_refused_by_its_size(string name)
    {
        using var fixture = Fixture.OfTimes();
        ObjectiveInput input = InputOf(name, fixture);
        ObjectiveDefinition objective = Of(name);
        if (name == ObjectiveNames.TemporalOrder)
        {
            Assert.Equal(2, objective.SamplesMin);
            return;
        }

        Assert.Equal(1, objective.SamplesMin);
        Tensor loss = objective.Loss(input with { Frames = input.Frames!.narrow(0, 0, input.WindowFrames), Texts = input.Texts?.Select([.. Enumerable.Range(0, input.WindowFrames)]) }).Loss;
        loss.backward();
        Assert.True(float.IsFinite(loss.item<float>()));
        Assert.InRange(fixture.Gradients.norm().item<float>(), 1e-5f, 1e4f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_learns_what_happens_in_films_that_it_never_saw_and_does_not_collapse(string name)
    {
        // Where only movement tells moments apart it takes longer; order is the hardest to see, and something has to have moved.
        bool isOfMovement = name is ObjectiveNames.TemporalOrder or ObjectiveNames.WorldModel;
        (int steps, int spacingMs) = (isOfMovement ? 1200 : 300, name == ObjectiveNames.TemporalOrder ? 2 * Films.FrameMs : 0);
        var films = new Films(400, plain: isOfMovement, heldOut: 40);
        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with
        {
            Objectives = [new() { Name = name, BatchSize = 128 }],
            LearningRate = 2e-3,
            WarmupSteps = 20,
            ProbeSentinelsMax = 320,
            CropAreaMin = 1,
            WindowSpacing = TimeSpan.FromMilliseconds(spacingMs),
        }));
        ProbeReport first = learner.Probe(films);
        EraProbe before = first.Eras.Single();
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, steps, films, _ => true, null);
        ProbeReport after = learner.Probe(films);
        Assert.Equal((0, 0), (report.Objectives[name].SkippedSteps, report.Lacking.Count));
        EraProbe now = after.Eras.Single();
        Assert.Equal(320 / Of(name).Windows!.Frames, now.Count);
        Assert.True(now.Loss < (name == ObjectiveNames.TemporalOrder ? 0.95 : 0.9) * now.TrivialLoss, $"{before} → {now} {report.Objectives[name]}");
        // A disc on a ground has few directions to begin with.
        (FeatureHealth untrained, FeatureHealth health) = (first.Features.Single(), after.Features.Single());
        Assert.True(health.EffectiveRank > 1.5 && health.StdRatio > 0.25 * untrained.StdRatio, $"{untrained} → {health}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_bf16_it_begins_at_nearly_the_same_loss_and_steps_are_taken(string name)
    {
        double exact = First("fp32"), rounded = First("bf16");
        Assert.True(Math.Abs(exact - rounded) < 0.03 * exact, $"{exact} in fp32, {rounded} in bf16");

        double First(string dtype)
        {
            using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = name, BatchSize = 64 }], Dtype = dtype }));
            ObjectiveSummary summary = learner.RunCycle(new CycleNumber(1), 0, 3, new Films(4), _ => true, null).Objectives[name];
            Assert.Equal(0, summary.SkippedSteps);
            return summary.LossFirst;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_its_own_comes_and_goes_with_the_plan_and_a_cut_off_cycle_goes_on_with_the_same_bytes(string name)
    {
        LearningOptions learning = Some.SmallLearning with { Objectives = [new() { Name = name, BatchSize = 16 }] };
        var films = new Films(3);
        using Learner whole = Some.Learner(Some.Plan(learning)), cut = Some.Learner(Some.Plan(learning)), later = Some.Learner(Some.Plan(learning));
        CycleReport report = whole.RunCycle(new CycleNumber(1), 0, 8, films, _ => true, null);
        cut.RunCycle(new CycleNumber(1), 0, 8, films, done => done < 5, null);
        using IModelSnapshot snapshot = cut.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        later.RevertTo(stored);
        CycleReport resumed = later.RunCycle(new CycleNumber(1), 5, 8, films, _ => true, null);
        Assert.Equal(whole.Digest(), later.Digest());
        Assert.Equal(report.Surprises, resumed.Surprises);
        Assert.Equal(name == ObjectiveNames.WorldModel, report.Surprises.Count > 0);

        using Learner without = Some.Learner(Some.Plan());
        without.RevertTo(stored);
        using IModelSnapshot standard = without.Snapshot();
        Assert.All(Of(name).Declare(whole.Plan.Model).SelectMany(section => section.Parameters), own =>
        {
            Assert.Contains(stored.Model.Keys, key => key == own.Name);
            Assert.DoesNotContain(standard.Model, tensor => tensor.Name == own.Name);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Where_nothing_is_known_of_time_it_has_no_turn_and_the_report_says_so(string name)
    {
        using Learner learner = Some.Learner(Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = ObjectiveNames.Mae }, new() { Name = name }] }));
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, 4, new KeyedSource(50, 0, 0), _ => true, null);
        Assert.Equal([ObjectiveNames.Mae], report.Objectives.Keys);
        Assert.Equal([new LackingData(name, Of(name).SamplesMin, 0, false)], report.Lacking);
        Assert.DoesNotContain(learner.Probe(new Sentinels()).Eras, era => era.Objective == name);
    }

    [Fact]
    public void Frames_that_come_too_soon_are_passed_over_and_windows_across_a_gap_are_none()
    {
        var films = new Films(2);
        Assert.Equal(2 * (Films.FramesEach - 7), Count(TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(2 * (Films.FramesEach - 21), Count(TimeSpan.FromMilliseconds(250), TimeSpan.Zero));
        Assert.Equal(0, Count(TimeSpan.Zero, TimeSpan.FromMilliseconds(Films.FrameMs - 1)));
        var chosen = Some.Plan(Some.SmallLearning with { WindowSpacing = TimeSpan.FromMilliseconds(250), WindowGapMax = TimeSpan.FromSeconds(2) });
        Assert.Equal(new WindowShape(8, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2)), Tcn.Definition.Windows!.ShapeOf(chosen.Windows));
        Assert.Equal(chosen.Windows, LearnerPlan.FromJson(chosen.ToJson()).Windows);

        int Count(TimeSpan spacing, TimeSpan gap) => films.CountWindows(new WindowShape(8, spacing, gap));
    }

    /// <summary>The loss of what the fixture's script was given, where chance would decide.</summary>
    private static Tensor LossOf(string name, Fixture fixture) => name switch
    {
        ObjectiveNames.Tcn => Tcn.Loss(fixture.Input, new Tcn.Triplets(fixture.Drawn("positives"), fixture.Drawn("negatives")), 0.2).Loss,
        ObjectiveNames.TemporalOrder => TemporalOrder.Loss(
            InputOf(name, fixture), new TemporalOrder.Questions(fixture.Drawn("asked"), Pictures.Values(fixture.Given("in_order")))).Loss,
        ObjectiveNames.WorldModel => WithPenalty(WorldModel.Definition.Loss(fixture.Input)),
        _ => Of(name).Loss(fixture.Input).Loss,
    };

    private static Tensor WithPenalty(ObjectiveLoss loss) => loss.Loss + Check.NotNull(loss.Penalty, "it holds its features apart");

    private static ObjectiveInput InputOf(string name, Fixture fixture) => name == ObjectiveNames.TemporalOrder
        ? fixture.Input with { Frames = fixture.Given("short"), Texts = null, WindowFrames = TemporalOrder.WindowFrames }
        : fixture.Input;

    private static ObjectiveDefinition Of(string name) => ObjectiveRegistry.All.Single(objective => objective.Name == name);

    private static string CaseOf(string name) => name.Replace('-', '_');
}
