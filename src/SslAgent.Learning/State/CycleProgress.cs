using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Learning.State;

/// <summary>One objective's part of a cycle so far.</summary>
/// <param name="Losses">Every taken step's loss, in order; masked steps are left out.</param>
/// <param name="GradientNormMax">Largest finite norm before clipping.</param>
/// <param name="Seconds">Wall clock; for people, no part of the digest.</param>
/// <param name="Views">What became of its views; null where none are checked.</param>
internal sealed record ObjectiveProgress(
    string Objective, int Steps, long Samples, IReadOnlyList<float> Losses, double GradientNormMax, int SkippedSteps, double Seconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ViewCounts? Views = null);

/// <summary>A cycle so far, kept in a resume point so that its report is whole in the end.</summary>
internal sealed record CycleProgress(int Cycle, int StepsDone, IReadOnlyList<ObjectiveProgress> Objectives, IReadOnlyList<long> Quarantined);
