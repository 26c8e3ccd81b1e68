using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Continual.Runs;

/// <summary>One era's held-out loss by one objective, version after version.</summary>
/// <param name="SeenFrom">The first version that was trained when the era had begun, from 0.</param>
/// <param name="Trivial">What knowing nothing costs on the same sentinels.</param>
/// <param name="Noise">Standard deviation of the last loss over masks.</param>
internal sealed record EraCourse(
    int Era, string Name, string Objective, int Count, int SeenFrom, double Trivial, double Noise, IReadOnlyList<double> Losses);

/// <summary>The last version's held-out loss on each sentinel by itself. Place i of two runs with one seed is the same sentinel with the same masks.</summary>
internal sealed record ItemLosses(string Objective, IReadOnlyList<float> Losses);

/// <summary>Answers to a label task, one character a test item: 1 right, 0 wrong.</summary>
internal sealed record TaskAnswers(string Task, string Linear, string Neighbours);

/// <summary>Ranks of the right partner, from 0, over the test pairs.</summary>
internal sealed record RetrievalRanks(IReadOnlyList<int> TextToFrame, IReadOnlyList<int> FrameToText);

/// <summary>All that one run measured. One file; a run that has one with the same configuration is not done again.</summary>
/// <param name="Configuration">A digest of all that the run depends on.</param>
/// <param name="SameAs">The method that had the very same configuration and was run instead, or null.</param>
/// <param name="Capacity">Samples of each modality that the buffer holds.</param>
internal sealed record RunRecord(
    string Stream,
    string Method,
    int Share,
    int Seed,
    string Configuration,
    string? SameAs,
    int Streamed,
    int HeldOut,
    int Capacity,
    int Steps,
    int Cycles,
    int BatchSize,
    double TrainSeconds,
    double Seconds,
    IReadOnlyList<EraCourse> Courses,
    IReadOnlyList<ItemLosses> Items,
    IReadOnlyList<TaskAnswers> Tasks,
    RetrievalRanks? Retrieval,
    double? Auroc)
{
    /// <summary>What the guard, looking on, said of each version.</summary>
    public IReadOnlyList<VerdictKind> Verdicts { get; init; } = [];

    /// <summary>Why it would not promote the versions that it would not, one line each; empty in runs of before this was kept.</summary>
    public IReadOnlyList<string> Objections { get; init; } = [];

    /// <summary>What it said that by; empty in runs of before this was kept, which no later guard can judge.</summary>
    public IReadOnlyList<JudgedVersion> Versions { get; init => field = value ?? []; } = [];

    /// <summary>The commit of the sources that ran it: a profile may be finished by later ones than began it.</summary>
    public string Commit { get; init; } = "";

    /// <summary>The machine that ran it, for the same reason.</summary>
    public string Machine { get; init; } = "";

    [JsonIgnore]
    public RunKey Key => new(Stream, Method, Share, Seed);
}

[JsonSourceGenerationOptions(WriteIndented = false, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunJson : JsonSerializerContext;
