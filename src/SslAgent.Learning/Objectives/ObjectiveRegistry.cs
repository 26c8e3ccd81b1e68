using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.Towers;

namespace SslAgent.Learning.Objectives;

/// <summary>All objectives. Adding one is a file, a test and a line here and in <see cref="ObjectiveNames"/>.</summary>
internal static class ObjectiveRegistry
{
    public static IReadOnlyList<ObjectiveDefinition> All { get; } = [Mae.Definition, Mlm.Definition, Clip.Definition];

    /// <summary>
    /// Every section of the model, whatever the plan trains: switching an objective on or off never changes what a stored version holds.
    /// </summary>
    public static ParameterLayout Layout(ModelPlan plan, IEnumerable<ObjectiveDefinition> objectives) => new(
        [VisionTower.Declare(plan), TextTower.Declare(plan), .. objectives.SelectMany(objective => objective.Declare(plan))]);

    /// <summary>The same, with what the plan's regularisers train beside it at the end.</summary>
    public static ParameterLayout Layout(LearnerPlan plan, IReadOnlyList<ObjectiveDefinition> objectives) => new(
        [
            VisionTower.Declare(plan.Model), TextTower.Declare(plan.Model), .. objectives.SelectMany(objective => objective.Declare(plan.Model)),
            .. plan.Regularization.Distillation > 0 ? objectives.Select(objective => Distillation.Declare(objective, plan.Model)) : [],
        ]);

    /// <summary>What objectives keep besides weights; null where none keeps anything.</summary>
    public static ParameterLayout? StateLayout(ModelPlan plan, IEnumerable<ObjectiveDefinition> objectives)
    {
        SectionSpec[] sections = [.. objectives.SelectMany(objective => objective.DeclareState(plan))];
        return sections.Length > 0 ? new ParameterLayout(sections) : null;
    }
}
