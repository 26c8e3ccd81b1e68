using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.Towers;

namespace SslAgent.Learning.Objectives;

/// <summary>All objectives. Adding one is a file, a test and a line here and in <see cref="ObjectiveNames"/>.</summary>
internal static class ObjectiveRegistry
{
    /// <summary>Those whose sections every version has, whatever its plan trains: what is served is made of them.</summary>
    public static IReadOnlyList<ObjectiveDefinition> Standard { get; } = [Mae.Definition, Mlm.Definition, Clip.Definition];

    public static IReadOnlyList<ObjectiveDefinition> All { get; } =
    [
        .. Standard,
        SimClr.Definition, SimClrHard.Definition, SimClrAdversarial.Definition, MoCoV2.Definition, MoCoV3.Definition,
        Byol.Definition, SimSiam.Definition, Dino.Definition,
        Swav.Definition, DeepClusterV2.Definition,
        BarlowTwins.Definition, VicReg.Definition,
        Inpainting.Definition, Denoising.Definition, IJepa.Definition, Beit.Definition, IBot.Definition,
        Rotation.Definition, PatchPosition.Definition, Jigsaw.Definition, Equivariance.Definition,
        Tcn.Definition, Cpc.Definition, TemporalOrder.Definition, WorldModel.Definition,
        CausalLm.Definition, SimCse.Definition, SegmentOrder.Definition, TextDenoising.Definition,
        SigLip.Definition, FlavaMmm.Definition,
    ];

    /// <summary>
    /// The standard ones and those that the plan trains besides, with the plan's knobs: their sections come and go with it (<see cref="State.StoredSections"/>). No knob of a standard one changes a shape.
    /// </summary>
    public static IReadOnlyList<ObjectiveDefinition> Of(LearnerPlan plan) =>
        [.. All.Where(objective => Standard.Contains(objective) || plan.Objectives.Any(planned => planned.Name == objective.Name)).Select(objective => objective.Under(plan))];

    public static ObjectiveDefinition? Find(string name) => All.FirstOrDefault(objective => objective.Name == name);

    /// <summary>Every section that the objectives need.</summary>
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
