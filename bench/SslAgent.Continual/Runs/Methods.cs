using SslAgent.Replay;

namespace SslAgent.Continual.Runs;

/// <summary>All methods, the bounds last.</summary>
internal static class Methods
{
    public const string Default = "default", Naive = "naive", Iid = "iid", Random = "random", RawPixels = "raw", Consolidated = "consolidated", Faults = "faults", FaultsGuarded = "faults-guarded";

    private static readonly Faults WrongRate = new(Every: 5, LearningRateScale: 100, IsGuarded: false);

    public static IReadOnlyList<Method> All { get; } =
    [
        new()
        {
            Name = Naive, Says = "fine-tuning on what is new, no buffer", HasBuffer = false,
            Replay = options => Plain(options) with { FreshRatio = 1, FramesMax = 0, TextsMax = 0, PairsMax = 0 },
        },
        new() { Name = "fifo", Says = "the newest of the past, half of each batch", Replay = options => Plain(options) with { Policy = ReplayPolicy.Fifo } },
        new() { Name = "reservoir", Says = "a uniform sample of the past, half of each batch", Replay = Plain },
        new() { Name = "minred", Says = "what is least redundant of the past, half of each batch", Replay = options => Plain(options) with { Policy = ReplayPolicy.Minred } },
        new() { Name = "hybrid", Says = "half by chance, half by redundancy, half of each batch", Replay = options => Plain(options) with { Policy = ReplayPolicy.Hybrid } },
        new() { Name = "adaptive", Says = "the defaults with a share of new samples that follows the old eras", Replay = options => options with { Ratio = ReplayRatio.Adaptive } },
        new() { Name = Default, Says = "the agent's defaults" },
        new() { Name = Consolidated, Says = "the defaults, and a quarter of the steps is kept for a consolidation at the end, drawn evenly from the buffer", Consolidation = 0.25 },
        new()
        {
            Name = "distillation", Says = "the defaults, and the last version's features stay predictable (CaSSLe)",
            Learning = options => options with { Distillation = 1 },
        },
        new()
        {
            Name = "der", Says = "hybrid, and remembered samples stay where they lay (DER)", Replay = options => Plain(options) with { Policy = ReplayPolicy.Hybrid },
            Learning = options => options with { EmbeddingReplay = 1 },
        },
        new() { Name = "mix-up", Says = "the defaults, and frames of frame-only batches mixed with each other (LUMP)", Learning = options => options with { MixUp = 0.4 } },
        new() { Name = Faults, Says = "the defaults, but every fifth cycle learns at a hundred times the rate", Faults = WrongRate },
        new() { Name = FaultsGuarded, Says = "the same, and what the guard rejects is taken back", Faults = WrongRate with { IsGuarded = true } },
        .. from dose in new[] { 3, 10, 30 }
           select new Method { Name = $"{Faults}-{dose}", Says = $"the defaults, but every fifth cycle learns at {dose} times the rate", Faults = WrongRate with { LearningRateScale = dose } },
        new()
        {
            Name = Iid, Says = "bound: the same samples shuffled, as many steps of the same batches", Meeting = Meeting.Shuffled, HasBuffer = false,
            // What is not fresh in the first cycle is replayed in the others: every batch is drawn evenly from everything.
            Replay = options => Plain(options) with { FreshMax = int.MaxValue / 2, FreshBytesMax = long.MaxValue },
        },
        new() { Name = Random, Says = "bound: the same network, untrained", Meeting = Meeting.Untrained, HasBuffer = false },
        new() { Name = RawPixels, Says = "bound: pixels averaged to 16 x 16, or how often each byte occurs", Meeting = Meeting.Raw, HasBuffer = false },
    ];

    /// <summary>Those in which something goes wrong and the guard only looks on, the smallest fault first.</summary>
    public static IReadOnlyList<Method> WithFaults { get; } = [.. All.Where(method => method.Faults is { IsGuarded: false }).OrderBy(method => method.Faults?.LearningRateScale)];

    public static Method Find(string name) =>
        All.FirstOrDefault(method => method.Name == name) ?? throw new UsageException($"there is no method '{name}': known are {string.Join(", ", All.Select(method => method.Name))}");

    /// <summary>Replay options with room for so many samples of each modality.</summary>
    public static ReplayOptions WithCapacity(ReplayOptions options, int samples) => options with { FramesMax = samples, TextsMax = samples, PairsMax = samples };

    /// <summary>Chance keeps, and half of a batch is new, whatever the agent's defaults are.</summary>
    private static ReplayOptions Plain(ReplayOptions options) => options with { Policy = ReplayPolicy.Reservoir, Ratio = ReplayRatio.Fixed, FreshRatio = 0.5 };
}
