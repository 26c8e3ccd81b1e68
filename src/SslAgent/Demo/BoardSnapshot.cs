using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Demo;

/// <summary>One objective on the board.</summary>
/// <param name="Losses">Training losses so far, oldest first, thinned to a bounded number.</param>
/// <param name="HeldOut">Mean held-out loss over all eras at the last probe, weighted by count; null before the first.</param>
/// <param name="Trivial">The same for the loss of a model that learned nothing, measured on the same data.</param>
internal sealed record ObjectiveLine(string Name, IReadOnlyList<double> Losses, long Samples, double? HeldOut, double? Trivial);

/// <summary>One finished cycle on the board.</summary>
internal sealed record CycleLine(
    CycleNumber Cycle, ModelVersion Version, VerdictKind Verdict, string Why, int Steps, IReadOnlyDictionary<string, double> HeldOut, double? RecallAt10);

/// <summary>What the demo's view shows, at one moment. Immutable.</summary>
/// <param name="MessagesPerSecond">Mean over the last few seconds.</param>
/// <param name="Running">The cycle that trains or is probed now, null between cycles.</param>
internal sealed record BoardSnapshot(
    TimeSpan Elapsed,
    string Scene,
    IngestCounts Counts,
    double MessagesPerSecond,
    CycleNumber? Running,
    int Step,
    int StepsMax,
    bool IsProbing,
    IReadOnlyList<ObjectiveLine> Objectives,
    IReadOnlyList<CycleLine> Cycles,
    IReadOnlyList<VersionManifest> Versions,
    IReadOnlyList<string> Problems);
