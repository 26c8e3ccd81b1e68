using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>
/// Era x version x objective of held-out losses with fixed masks, as the versions' manifests have them: R(v, e) below. Accuracies in the papers are
/// losses here, so every difference has its sign turned, and all are shares of the era's trivial loss, so that objectives can be read side by side.
/// <list type="bullet">
/// <item><b>Average forgetting</b> (Chaudhry et al. 2018, "Riemannian walk", equation 3): mean over all eras but the newest of
/// R(last, e) - min over v before the last of R(v, e). Below zero where the last version is the best.</item>
/// <item><b>Backward transfer</b> (Lopez-Paz and Ranzato 2017, "Gradient episodic memory", equation 3): mean over all eras but the newest of
/// R(v_e, e) - R(last, e), with v_e the first version that was probed on the era's final sentinels.</item>
/// <item><b>Forward transfer</b> (the same, equation 4, against a model that learned nothing): mean over all eras but the first of
/// trivial(e) - R(first probe of e). We differ: an era's sentinels do not exist before the era does, so its first probe comes after the cycle that met its beginning.</item>
/// </list>
/// Only losses over the same sentinels are compared. A pure function of manifests.
/// </summary>
public sealed class ForgettingMatrix
{
    private readonly Dictionary<(ModelVersion, int, string), MatrixCell> _found;

    private ForgettingMatrix(IReadOnlyList<ModelVersion> versions, IReadOnlyList<MatrixCell> cells) =>
        (Versions, Cells, _found) = (versions, cells, cells.ToDictionary(cell => (cell.Version, cell.Era, cell.Objective)));

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; }

    public IReadOnlyList<MatrixCell> Cells { get; }

    public IReadOnlyList<string> Objectives => [.. Cells.Select(cell => cell.Objective).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Eras that were probed with an objective, oldest first.</summary>
    public IReadOnlyList<int> ErasOf(string objective) => [.. Cells.Where(cell => cell.Objective == objective).Select(cell => cell.Era).Distinct().Order()];

    /// <summary>The line of parents of a version, which is what its weights went through: rejected and abandoned versions are on no line.</summary>
    public static ForgettingMatrix Along(ModelVersion version, Func<ModelVersion, VersionManifest?> find)
    {
        var line = new Stack<VersionManifest>();
        for (VersionManifest? at = find(version); at is not null; at = at.Parent is { } parent ? find(parent) : null) line.Push(at);
        return Of([.. line]);
    }

    /// <param name="line">Oldest first.</param>
    public static ForgettingMatrix Of(IReadOnlyList<VersionManifest> line)
    {
        VersionManifest[] cycles = [.. line.Where(manifest => manifest.Kind == VersionKind.Cycle)];
        var lastSets = new Dictionary<(int, string), (long, int)>();
        foreach (EraProbe era in cycles.SelectMany(manifest => manifest.Probe.Eras)) lastSets[(era.Era, era.Objective)] = (era.Set, era.Count);
        MatrixCell[] cells =
        [
            .. from manifest in cycles
               from era in manifest.Probe.Eras
               where double.IsFinite(era.Loss) && era.TrivialLoss > 0 // A single pair is found among one: there is nothing to know, and no share of it.
               let isComparable = lastSets[(era.Era, era.Objective)] == (era.Set, era.Count)
               select new MatrixCell(manifest.Version, era.Era, era.Objective, era.Loss, era.TrivialLoss, era.Count, isComparable),
        ];
        return new ForgettingMatrix([.. cycles.Select(manifest => manifest.Version)], cells);
    }

    public MatrixCell? Find(ModelVersion version, int era, string objective) => _found.GetValueOrDefault((version, era, objective));

    /// <summary>One row an objective, by name.</summary>
    public IReadOnlyList<MatrixSummary> Summaries() => [.. Objectives.Select(Summary)];

    private MatrixSummary Summary(string objective)
    {
        // By era, oldest version first; an era's last cell is of the newest version that was probed on it.
        MatrixCell[][] eras = [.. Cells.Where(cell => cell.Objective == objective).GroupBy(cell => cell.Era).OrderBy(era => era.Key).Select(era => era.ToArray())];
        double[] forgotten =
        [
            .. from era in eras.SkipLast(1)
               let same = era.Where(cell => cell.IsComparable).ToArray()
               where same.Length > 1
               select (same[^1].Loss - same.SkipLast(1).Min(cell => cell.Loss)) / same[^1].TrivialLoss,
        ];
        double[] backward =
        [
            .. from era in eras.SkipLast(1)
               let same = era.Where(cell => cell.IsComparable).ToArray()
               where same.Length > 1
               select (same[0].Loss - same[^1].Loss) / same[^1].TrivialLoss,
        ];
        double[] forward = [.. eras.Skip(1).Select(era => (era[0].TrivialLoss - era[0].Loss) / era[0].TrivialLoss)];
        return new MatrixSummary(objective, eras.Length, Mean(forgotten), Mean(backward), Mean(forward));
    }

    private static double? Mean(double[] values) => values.Length == 0 ? null : values.Average();
}
