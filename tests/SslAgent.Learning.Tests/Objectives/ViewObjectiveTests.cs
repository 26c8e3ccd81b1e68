using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>The objectives on two views of a frame: against PyTorch, against slow oracles, and what their papers say of collapse.</summary>
public sealed class ViewObjectiveTests
{
    private const int Rows = 6, Width = 4;

    private static readonly double[][] One = Values(1), Other = Values(2);

    /// <summary>Those of which probes ask something else than training does, for reasons that each gives.</summary>
    private static readonly string[] ProbedOtherwise = [ObjectiveNames.Dino, ObjectiveNames.MoCoV2, ObjectiveNames.DeepClusterV2, ObjectiveNames.SimClrAdversarial];

    public static TheoryData<string> Names => [ObjectiveNames.SimClr, ObjectiveNames.SimSiam, ObjectiveNames.BarlowTwins, ObjectiveNames.VicReg, ObjectiveNames.Byol,
        ObjectiveNames.MoCoV3, ObjectiveNames.Dino, ObjectiveNames.MoCoV2, ObjectiveNames.Swav, ObjectiveNames.DeepClusterV2,
        ObjectiveNames.SimClrHard, ObjectiveNames.SimClrAdversarial];

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_gradients_are_what_PyTorch_gives(string name)
    {
        using var fixture = Fixture.OfViews();
        ObjectiveDefinition objective = Of(name);
        fixture.RequireSameAsPyTorch(objective.Sections[^1], objective.Loss(fixture.Input).Loss, lossTolerance: 2e-4f, gradientTolerance: 1e-4f);
    }

    [Theory]
    [InlineData(ObjectiveNames.SimClr)]
    [InlineData(ObjectiveNames.BarlowTwins)]
    [InlineData(ObjectiveNames.VicReg)]
    [InlineData(ObjectiveNames.Byol)]
    [InlineData(ObjectiveNames.MoCoV3)]
    [InlineData(ObjectiveNames.Dino)]
    [InlineData(ObjectiveNames.MoCoV2)]
    [InlineData(ObjectiveNames.DeepClusterV2)]
    [InlineData(ObjectiveNames.SimClrHard)]
    public void Gradients_agree_with_finite_differences(string name)
    {
        // SimSiam's, SwAV's and the adversary's do not, and must not: part of their slope is stopped.
        using var fixture = Fixture.OfViews();
        FiniteDifferences.Require(fixture, () => Of(name).Loss(fixture.Input).Loss, step: 5e-4);
    }

    [Fact]
    public void SimClrs_loss_is_the_surprise_at_the_other_view_among_all_others()
    {
        using var scope = NewDisposeScope();
        double[][] all = [.. One, .. Other];
        float[] losses = SimClr.NtXent(Matrix(One), Matrix(Other), 0.5).data<float>().ToArray();
        for (var row = 0; row < all.Length; row++)
        {
            double sum = Enumerable.Range(0, all.Length).Where(other => other != row).Sum(other => Math.Exp(Cosine(all[row], all[other]) / 0.5));
            double expected = -Math.Log(Math.Exp(Cosine(all[row], all[(row + Rows) % all.Length]) / 0.5) / sum);
            Assert.Equal(expected, losses[row], 1e-4);
        }
    }

    [Fact]
    public void SimSiams_loss_is_one_less_the_cosine_and_the_target_gets_no_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor predicted = Matrix(One), target = Matrix(Other);
        predicted.requires_grad = true;
        target.requires_grad = true;
        Tensor losses = SimSiam.Distance(predicted, target);
        float[] values = losses.detach().data<float>().ToArray();
        for (var row = 0; row < Rows; row++) Assert.Equal(1 - Cosine(One[row], Other[row]), values[row], 1e-5);
        losses.sum().backward();
        Assert.NotNull(predicted.grad);
        Assert.Null(target.grad);
    }

    [Fact]
    public void MoCos_loss_is_the_surprise_at_the_own_key_among_the_batchs()
    {
        using var scope = NewDisposeScope();
        float[] losses = MoCoV3.Contrast(Matrix(One), Matrix(Other), 0.2).data<float>().ToArray();
        for (var row = 0; row < Rows; row++)
        {
            double sum = Other.Sum(key => Math.Exp(Cosine(One[row], key) / 0.2));
            Assert.Equal(-0.4 * Math.Log(Math.Exp(Cosine(One[row], Other[row]) / 0.2) / sum), losses[row], 1e-4);
        }
    }

    [Fact]
    public void Barlow_Twins_sums_what_keeps_the_cross_correlation_from_the_identity()
    {
        using var scope = NewDisposeScope();
        double invariance = 0, redundancy = 0;
        for (var i = 0; i < Width; i++)
        {
            for (var j = 0; j < Width; j++)
            {
                double correlation = Standard(One, i).Zip(Standard(Other, j), (a, b) => a * b).Sum() / Rows;
                if (i == j) invariance += (1 - correlation) * (1 - correlation);
                else redundancy += correlation * correlation;
            }
        }

        (Tensor first, Tensor second) = BarlowTwins.Terms(Matrix(One), Matrix(Other));
        Assert.Equal(invariance / Width, first.item<float>(), 1e-3);
        Assert.Equal(redundancy / Width, second.item<float>(), 1e-3);
    }

    [Fact]
    public void VicRegs_terms_are_distance_missing_deviation_and_covariance()
    {
        using var scope = NewDisposeScope();
        double distance = One.SelectMany(row => row).Zip(Other.SelectMany(row => row), (a, b) => (a - b) * (a - b)).Average(), missing = 0, covariances = 0;
        for (var i = 0; i < Width; i++)
        {
            missing += Math.Max(0, 1 - Math.Sqrt(Covariance(i, i) + 1e-4)) / Width;
            for (var j = 0; j < Width; j++) covariances += i == j ? 0 : Covariance(i, j) * Covariance(i, j) / Width;
        }

        Assert.Equal(distance, VicReg.Invariance(Matrix(One), Matrix(Other)).item<float>(), 1e-5);
        Assert.Equal(missing, VicReg.Variance(Matrix(One)).item<float>(), 1e-5);
        Assert.Equal(covariances, VicReg.Covariance(Matrix(One)).item<float>(), 1e-5);

        double Covariance(int i, int j) =>
            One.Sum(row => (row[i] - One.Average(all => all[i])) * (row[j] - One.Average(all => all[j]))) / (Rows - 1);
    }

    [Fact]
    public void Changing_places_of_the_views_or_the_order_of_the_frames_changes_no_loss()
    {
        using var fixture = Fixture.OfViews();
        ObjectiveInput input = fixture.Input;
        Tensor order = tensor(new[] { 2, 0, 3, 1 });
        foreach (string name in Names.Select(row => row.Data))
        {
            float loss = Of(name).Loss(input).Loss.item<float>();
            // The adversary moves the second view alone.
            if (name != ObjectiveNames.SimClrAdversarial) Assert.Equal(loss, Of(name).Loss(input with { Views = [input.View(1), input.View(0), .. input.Views.Skip(2)] }).Loss.item<float>(), 1e-4f);
            Assert.Equal(loss, Of(name).Loss(input with { Views = [.. input.Views.Select(view => view.index_select(0, order))] }).Loss.item<float>(), 1e-4f);
        }
    }

    [Fact]
    public void One_vector_for_everything_costs_what_each_says()
    {
        using var scope = NewDisposeScope();
        Tensor same = ones(Rows, Width) * 3;
        Assert.Equal(Math.Log((2 * Rows) - 1), SimClr.NtXent(same, same, 0.5).mean().item<float>(), 1e-5);
        Assert.Equal(0, SimSiam.Distance(same, same).mean().item<float>(), 1e-5);
        Assert.Equal(1, BarlowTwins.Terms(same, same).Invariance.item<float>(), 1e-5);
        Assert.Equal(1 - 0.01, VicReg.Variance(same).item<float>(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_probe_has_a_value_for_each_frame_and_their_mean_is_the_loss(string name)
    {
        using var fixture = Fixture.OfViews();
        using IDisposable noGradients = no_grad();
        ObjectiveDefinition objective = Of(name);
        Tensor losses = Check.NotNull(objective.ProbeLosses, "batches of views are asked about as a whole")(fixture.Input);
        Assert.Equal([1L, 4L], losses.shape);
        if (!ProbedOtherwise.Contains(name)) Assert.Equal(objective.Loss(fixture.Input).Loss.item<float>(), losses.mean().item<float>(), 1e-4f);
        Assert.True(double.IsFinite(objective.TrivialLoss(fixture.Input)) && objective.TrivialLoss(fixture.Input) > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_learns_without_falling_to_one_direction_and_its_head_comes_and_goes_with_the_plan(string name)
    {
        var learning = Some.SmallLearning with { Objectives = [new() { Name = name, BatchSize = 24 }], LearningRate = 2e-3, WarmupSteps = 10 };
        using Learner learner = new(Some.Plan(learning), ObjectiveRegistry.Of(Some.Plan(learning)), _ => new ByteTokenizer(), TimeProvider.System);
        ProbeReport before = learner.Probe(new Sentinels());
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, 80, new KeyedSource(200, 0, 0), _ => true, null);
        ProbeReport after = learner.Probe(new Sentinels());
        if (!ProbedOtherwise.Contains(name)) Assert.True(report.Objectives[name].LossLast < report.Objectives[name].LossFirst, report.Objectives[name].ToString());
        Assert.True(after.Eras.Average(era => era.Loss) < before.Eras.Average(era => era.Loss), $"{before.Eras[0]} → {after.Eras[0]}");
        Assert.True(after.Features.Single(health => health.Tower == "frames").EffectiveRank > 2, after.Features[0].ToString());

        using IModelSnapshot snapshot = learner.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        Assert.Contains(stored.Model.Keys, key => key.StartsWith(Of(name).Sections[^1], StringComparison.Ordinal));
        using Learner again = new(Some.Plan(learning), ObjectiveRegistry.Of(Some.Plan(learning)), _ => new ByteTokenizer(), TimeProvider.System);
        again.RevertTo(stored);
        Assert.Equal(learner.Digest(), again.Digest());
        using Learner without = Some.Learner(Some.Plan());
        without.RevertTo(stored);
        using IModelSnapshot later = without.Snapshot();
        Assert.DoesNotContain(later.Model, tensor => tensor.Name.StartsWith(Of(name).Sections[^1], StringComparison.Ordinal));
    }

    private static ObjectiveDefinition Of(string name) => ObjectiveRegistry.All.Single(objective => objective.Name == name);

    private static double[][] Values(int part)
    {
        var chance = new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test, part));
        var rows = new double[Rows][];
        for (var row = 0; row < Rows; row++)
        {
            rows[row] = new double[Width];
            for (var i = 0; i < Width; i++) rows[row][i] = (float)((2 * chance.NextDouble()) - 1);
        }

        return rows;
    }

    private static Tensor Matrix(double[][] rows) => tensor(rows.SelectMany(row => row).Select(value => (float)value).ToArray()).view(Rows, Width);

    private static double Cosine(double[] a, double[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static IEnumerable<double> Standard(double[][] rows, int column)
    {
        double mean = rows.Average(row => row[column]), variance = rows.Average(row => (row[column] - mean) * (row[column] - mean));
        return rows.Select(row => (row[column] - mean) / Math.Sqrt(variance + 1e-5));
    }
}
