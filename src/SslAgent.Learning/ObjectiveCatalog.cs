using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning;

/// <summary>A number of an objective that can be set, as a person sees it.</summary>
/// <param name="Name">As <c>knobs</c> of an entry of <c>learning.objectives</c> spells it.</param>
/// <param name="Default">Where nothing is said.</param>
/// <param name="IsWhole">Whether it has to be a whole number.</param>
/// <param name="Meaning">What it does.</param>
/// <param name="Source">Where the default is from.</param>
public sealed record KnobFacts(string Name, double Default, double Min, double Max, bool IsWhole, string Meaning, string Source);

/// <summary>One way of learning, as a person sees it.</summary>
/// <param name="Name">As <c>learning.objectives</c> spells it.</param>
/// <param name="IsStandard">Whether it is used where nothing else is said.</param>
/// <param name="Reads">What a batch of it is made of.</param>
/// <param name="Views">Views of each frame that it sees; 1 where it sees the frame once.</param>
/// <param name="WindowFrames">Frames in each of the windows that it reads; 1 where samples stand for themselves.</param>
/// <param name="SamplesMin">Fewest samples of a batch, or windows.</param>
/// <param name="Knobs">What can be set of it.</param>
public sealed record ObjectiveFacts(string Name, bool IsStandard, Modality Reads, int Views, int WindowFrames, int SamplesMin, ObjectiveAbout About, IReadOnlyList<KnobFacts> Knobs);

/// <summary>All objectives that this program has, in the order in which they are told.</summary>
public static class ObjectiveCatalog
{
    // Any will do: shapes decide of views' sizes, not of their number.
    private static readonly ModelPlan Preset = ModelPresets.Resolve(new ModelOptions());

    public static IReadOnlyList<ObjectiveFacts> All { get; } =
    [
        .. ObjectiveRegistry.All.Select(objective => new ObjectiveFacts(
            objective.Name, ObjectiveNames.Standard.Contains(objective.Name), objective.Modality, objective.Views?.Invoke(Preset).Count ?? 1, objective.Windows?.Frames ?? 1, objective.SamplesMin, objective.About,
            [.. objective.Knobs.Select(knob => new KnobFacts(knob.Name, knob.Default, knob.Min, knob.Max, knob.IsWhole, knob.Meaning, knob.Source))])),
    ];

    public static ObjectiveFacts? Find(string name) => All.FirstOrDefault(objective => objective.Name == name);
}
