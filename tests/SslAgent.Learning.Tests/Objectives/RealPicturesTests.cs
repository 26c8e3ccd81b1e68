using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>Every objective on frames, on all pictures that the repository has: it learns what it asks, its features stay apart, and the guard lets it through.</summary>
public sealed class RealPicturesTests(ITestOutputHelper output)
{
    private const int Steps = 100;

    private static readonly Guard Guard = new(new GuardOptions());

    private static readonly Lazy<RealData> Data = new(RealData.Pictures);

    public static TheoryData<string> Names { get; } =
        [.. ObjectiveRegistry.All.Where(objective => objective is { Modality: Modality.Frame, Windows: null }).Select(objective => objective.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_learns_and_does_not_collapse(string name)
    {
        LearnerPlan plan = Some.Plan(Some.SmallLearning with { Objectives = [new() { Name = name, BatchSize = 32 }], LearningRate = 5e-4, WarmupSteps = 20, ProbeSentinelsMax = 256 }, RealData.Model);
        using Learner learner = Some.Learner(plan);
        ProbeReport before = learner.Probe(Data.Value);
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, Steps, Data.Value, _ => true, null);
        ProbeReport after = learner.Probe(Data.Value);
        Verdict verdict = Guard.Judge(new GuardInput(report, after, EraBook.Empty.Promoted(new ModelVersion(1), before, null)));
        output.WriteLine($"rank {before.Features[0].EffectiveRank:F1} to {after.Features[0].EffectiveRank:F1}; loss {before.Eras[0].Loss:G4} to {after.Eras[0].Loss:G4}; {verdict.Kind}: {string.Join("; ", verdict.Reasons)}");
        Assert.True(after.Eras[0].Loss < before.Eras[0].Loss);
        Assert.Equal(VerdictKind.Promote, verdict.Kind);
    }
}
