using SslAgent.Continual.Runs;

namespace SslAgent.Continual;

/// <summary>Which runs, and how long each. Steps follow from the seconds by a fixed table, not by a clock: a profile's runs are the same everywhere.</summary>
/// <param name="OwnShares">Buffers that the agent's default, with a consolidation and without, is run with besides.</param>
/// <param name="Long">Streams of many eras, for one seed: does what is old decay late?</param>
internal sealed record Profile(
    string Name, string Says, IReadOnlyList<string> Streams, IReadOnlyList<string> Methods, IReadOnlyList<int> Shares, IReadOnlyList<int> OwnShares, int Seeds, double Seconds, int ItemsMax, int ProbesMax, int Jobs,
    IReadOnlyList<string> Long, IReadOnlyList<string> LongMethods, double LongSeconds)
{
    private static readonly string[] Bounds = [Runs.Methods.Iid, Runs.Methods.Random, Runs.Methods.RawPixels];

    public static IReadOnlyList<Profile> All { get; } =
    [
        new(
            "quick", "shipped data only, a few seconds a run: shows that everything works, too short to judge a method by",
            ["emoji", "logs"], ["naive", "reservoir", "default", .. Bounds], [25], [], 2, 4, 600, 8, 2, ["long-logs"], ["default"], 5),
        new(
            "cpu", "three streams of real data, 25 % buffer (and all of the stream for the default, with a consolidation and without), three seeds, over a minute a run: under 90 minutes on two cores",
            ["emoji-pairs", "photos", "loghub"], ["naive", "reservoir", "minred", "default", "consolidated", "faults", "faults-guarded", .. Bounds], [25], [100], 3, 80, int.MaxValue, 16, 2,
            ["long-photos"], ["naive", "reservoir", "default"], 150),
        new(
            "full", "every stream, method and buffer: a night, or a GPU (--device cuda:0 --jobs 1)",
            ["emoji", "emoji-pairs", "photos", "photos-domain", "loghub", "video", "logs"], [.. Runs.Methods.All.Select(method => method.Name)], [5, 25, 100], [], 3, 80,
            int.MaxValue, 16, 2, ["long-photos", "long-logs"], ["naive", "reservoir", "default"], 300),
    ];

    public static Profile Find(string name) =>
        All.FirstOrDefault(profile => profile.Name == name) ?? throw new UsageException($"there is no profile '{name}': known are {string.Join(", ", All.Select(profile => profile.Name))}");

    /// <summary>Its runs in the order in which they are best done: all methods of one stream and seed together, so that a half-done profile has something to compare.</summary>
    public IEnumerable<RunKey> Keys()
    {
        IEnumerable<RunKey> grid =
            from seed in Enumerable.Range(1, Seeds)
            from stream in Streams
            from method in Known(Methods)
            from share in SharesOf(method)
            select new RunKey(stream, method.Name, share, seed);
        IEnumerable<RunKey> courses =
            from stream in Long
            from method in Known(LongMethods)
            select new RunKey(stream, method.Name, method.HasBuffer ? 25 : 0, 1);
        return grid.Concat(courses);
    }

    public bool IsLong(string stream) => Long.Contains(stream);

    /// <summary>What faults do is no question of the buffer.</summary>
    private IEnumerable<int> SharesOf(Method method) =>
        !method.HasBuffer ? [0] : method.Faults is not null ? [25] : method.Name is Runs.Methods.Default or Runs.Methods.Consolidated ? Shares.Concat(OwnShares) : Shares;

    private static IEnumerable<Method> Known(IReadOnlyList<string> names) => Runs.Methods.All.Where(method => names.Contains(method.Name));
}
