using SslAgent.Domain;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>
/// What keeps an objective without negatives from collapsing, switched off: projections of all frames fall to one direction, as the papers say. Seen as Chen and He do (figure 2): the deviation of
/// unit vectors' coordinates over a batch, times √J, is about 1 where directions are spread evenly and 0 where all are one. DINO's guards are in <see cref="DinoTests"/>.
/// </summary>
public sealed class CollapseGuardTests(ITestOutputHelper output)
{
    private const string Term = "spread";

    [Fact]
    public void SimSiam_collapses_without_its_stopped_gradient()
    {
        double with = Train(SimSiam.Objective, Unstopped.Projection, (input, features) => Unstopped.Distances(input, features, SimSiam.Distance));
        double without = Train(SimSiam.Objective, Unstopped.Projection, (input, features) => Unstopped.Distances(input, features, Unstopped.Apart));
        Assert.True(with > 0.25 && without < 0.2 * with, $"spread {with} with the stop, {without} without");
    }

    [Fact]
    public void Byol_collapses_without_its_predictor()
    {
        TwoViewObjective byol = Byol.Objective with { TargetDecay = 0.9 }; // What a slower target keeps apart takes more steps to fall together.
        double with = Train(byol, Byol.Head, byol.ViewLosses);
        double without = Train(byol, Byol.Head, (input, features) =>
        {
            (Tensor first, Tensor second) = features.Through(Byol.Head(input.Plan.Model), input.Towers.Weights);
            (Tensor one, Tensor other) = TwoViews.Targets(input, Byol.Target(input.Plan.Model), Byol.Head(input.Plan.Model).Forward);
            return new ViewLosses(cat([Unstopped.Apart(first, other), Unstopped.Apart(second, one)]));
        });
        Assert.True(with > 0.25 && without < 0.1 * with, $"spread {with} with the predictor, {without} without");
    }

    [Fact]
    public void Clusters_become_one_where_labels_are_the_networks_own()
    {
        TwoViewObjective own = DeepClusterV2.Objective with
        {
            ViewLosses = (input, features) =>
            {
                (Tensor one, Tensor other) = features.Through(DeepClusterV2.Head(input.Plan.Model), input.Towers.Weights);
                Tensor swapped = nn.functional.normalize(cat([other, one]), dim: 1).detach();
                (Tensor losses, Tensor labels) = DeepClusterV2.Tell(cat([one, other]), swapped, input.RequireState()[DeepClusterV2.Centroids], temperature: 0.1);
                return new ViewLosses(losses, DeepClusterV2.InUse(labels)) { Seen = nn.functional.normalize(cat([one, other]), dim: 1).detach() };
            },
        };
        double[] with = Terms(DeepClusterV2.Objective, "clusters"), without = Terms(own, "clusters");
        Assert.True(with[^5..].Min() > 5 && without.Min() < 1.5, $"{with[^5..].Min()} clusters in use with a slow copy, {without.Min()} without");
    }

    /// <summary>The spread after training by these losses.</summary>
    private double Train(TwoViewObjective objective, Func<ModelPlan, MlpHead> head, Func<ObjectiveInput, TwoViews, ViewLosses>? losses)
    {
        TwoViewObjective watched = objective with
        {
            TermNames = [Term],
            ViewLosses = (input, features) => new ViewLosses(Check.NotNull(losses, "it has a loss")(input, features).Each, Spread(input, features, head(input.Plan.Model))),
        };
        return Terms(watched, Term)[^1];
    }

    /// <summary>A term of the loss, report by report.</summary>
    private double[] Terms(TwoViewObjective objective, string term)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = objective.Name, BatchSize = 16 }], LearningRate = 2e-3, WarmupSteps = 10 });
        using Learner learner = Some.Learner(plan, objective.ToDefinition());
        var reports = new List<StepReport>();
        learner.RunCycle(new CycleNumber(1), 0, 200, new KeyedSource(200, 0, 0), _ => true, reports.Add);
        output.WriteLine($"{objective.Name}: {string.Join("; ", reports.Where((_, i) => i % 5 == 0).Append(reports[^1]).Select(report => $"loss {report.Loss:G3} {term} {report.Terms[term]:G3}"))}");
        return [.. reports.Select(report => report.Terms[term])];
    }

    private static Tensor Spread(ObjectiveInput input, TwoViews features, MlpHead head)
    {
        using IDisposable noGradients = no_grad();
        Tensor directions = nn.functional.normalize(head.Forward(features.One, input.Towers.Weights), dim: 1); // [B, J]
        return directions.std(0, unbiased: false).mean() * Math.Sqrt(directions.shape[1]);
    }
}
