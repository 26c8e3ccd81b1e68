using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Tests.Support;

namespace SslAgent.Learning.Tests.Objectives;

/// <summary>Batches of one sample: every objective learns from them, or the options say that it cannot.</summary>
public sealed class BatchOfOneTests
{
    public static TheoryData<string> Names => [.. ObjectiveNames.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_objective_takes_every_step_of_one_sample_or_is_refused_with_size_and_reason(string name)
    {
        LearningOptions learning = Some.SmallLearning with { Objectives = [new() { Name = name, BatchSize = 1 }], FlagInterval = 1 };
        ObjectiveDefinition objective = ObjectiveRegistry.All.Single(one => one.Name == name);
        if (objective.Windows is null && objective.SamplesMin > 1)
        {
            string fault = Assert.Single(learning.Faults());
            Assert.Contains($"'{name}' has batches of 1 ", fault, StringComparison.Ordinal);
            Assert.Contains("at least 2", fault, StringComparison.Ordinal);
            Assert.Empty((learning with { Objectives = [new() { Name = name, BatchSize = 2 }] }).Faults());
            return;
        }

        Assert.Empty(learning.Faults());
        using Learner learner = Some.Learner(Some.Plan(learning));
        learner.AdoptTokenizer(new ByteTokenizer());
        var reports = new List<StepReport>();
        IBatchSource source = objective.Windows is null ? new KeyedSource(40, 40, 40) : new Films(2);
        learner.RunCycle(new CycleNumber(1), 0, 3, source, _ => true, reports.Add);
        Assert.Equal(3, reports.Count);
        Assert.All(reports, report => Assert.True(double.IsFinite(report.Loss) && report.SkippedSteps == 0, $"{report}"));
    }

    [Fact]
    public void What_is_learned_by_where_nothing_is_said_is_checked_too()
    {
        Assert.Contains("'clip'", Assert.Single(new LearningOptions { BatchSize = 1 }.Faults()), StringComparison.Ordinal);
    }
}
