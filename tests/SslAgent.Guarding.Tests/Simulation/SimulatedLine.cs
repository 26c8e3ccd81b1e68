using SslAgent.Domain;

namespace SslAgent.Guarding.Simulation;

/// <summary>What a simulated line of versions is like.</summary>
/// <param name="Pairs">Paired sentinels in each era; frames and texts have <paramref name="Sentinels"/>.</param>
/// <param name="HasGroups">Whether losses are probed by groups of sentinels; false is how probes were before.</param>
internal sealed record LineShape(int Sentinels, int Pairs, bool HasGroups = true)
{
    public int VersionsPerEra { get; init; } = 10;

    /// <summary>No more eras open then.</summary>
    public int ErasMax { get; init; } = int.MaxValue;

    /// <summary>Every third era has only so many sentinels and pairs; 0 where all have the same.</summary>
    public int SmallEra { get; init; }

    /// <summary>Standard deviation of what moves all sentinels of one version alike, as a share of the loss.</summary>
    public double Swing { get; init; }

    /// <summary>Whether losses stand still instead of falling slowly: then the best of many versions is their luckiest.</summary>
    public bool StandsStill { get; init; }
}

/// <summary>What is wrong with one version: by how much the held-out loss of an objective rises, as a share of it, in the oldest era or in all.</summary>
internal sealed record LineFault(double Rise, bool AllEras, string? Objective = null);

/// <summary>
/// A line of versions by numbers alone: eras that open one after the other, losses that fall slowly while single sentinels go their own ways (each
/// remembers a part of its last excursion), and probes that report them as the real ones do. The sizes of those excursions are as measured on the demo's
/// versions (docs/guard.md). Each promoted version enters the book. Deterministic in seed and line.
/// </summary>
internal sealed class SimulatedLine(ulong seed, int line, LineShape shape, GuardOptions options)
{
    private const int GroupsMax = 16;

    /// <summary>Share of an excursion that lasts to the next version.</summary>
    private const double Memory = 0.7;

    private static readonly Kind[] Kinds =
    [
        new("mae", 0.667, Level: 0.60, Fall: 0.0005, Excursion: 0.045, MaskNoise: 0.013),
        new("mlm", 4.0, Level: 2.5, Fall: 0.002, Excursion: 0.25, MaskNoise: 0.10),
        new("clip", 3.4, Level: 2.0, Fall: 0.003, Excursion: 0.46, MaskNoise: 0.011),
    ];

    private readonly Guard _guard = new(options);
    private readonly Dictionary<(int Era, string Objective), double[]> _excursions = [];
    private Philox _chance = new(new DrawKey(seed, line, 0, ChanceStream.Test));
    private EraBook _book = EraBook.Empty;
    private int _version;
    private double _swing;

    private sealed record Kind(string Name, double Trivial, double Level, double Fall, double Excursion, double MaskNoise);

    /// <summary>The next version's verdict.</summary>
    public Verdict Next(LineFault? fault = null)
    {
        _version++;
        _swing = shape.Swing > 0 ? shape.Swing * Gaussian() : 0;
        int eras = Math.Min(shape.ErasMax, 1 + _version / shape.VersionsPerEra);
        EraProbe[] probes = [.. from era in Enumerable.Range(0, eras) from kind in Kinds select Probe(era, kind, fault)];
        FeatureHealth tower = new("frames", 40 + Gaussian(), 0.3 + 0.01 * Gaussian(), 192, 256)
        {
            TailShare = 0.1 + 0.004 * Gaussian(),
            Uniformity = -1 + 0.04 * Gaussian(),
        };
        var report = new CycleReport(new CycleNumber(_version), 100, Kinds.ToDictionary(kind => kind.Name, Summary), []);
        var probe = new ProbeReport(probes, [tower], null);
        Verdict verdict = _guard.Judge(new GuardInput(report, probe, _book));
        if (verdict.Kind == VerdictKind.Promote) _book = _book.Promoted(new ModelVersion(_version), probe, report);
        return verdict;
    }

    private ObjectiveSummary Summary(Kind kind) => new(
        kind.Name, 100, 6400, kind.Level * (1 + 0.01 * Gaussian()), kind.Level * (1 + 0.01 * Gaussian()), 1 + _chance.NextDouble(), 0, 1);

    private EraProbe Probe(int era, Kind kind, LineFault? fault)
    {
        bool isSmall = shape.SmallEra > 0 && era % 3 == 2;
        int count = isSmall ? shape.SmallEra : kind.Name == "clip" ? shape.Pairs : shape.Sentinels;
        double[] losses = Excursions(era, kind, count);
        bool isHit = fault is not null && (era == 0 || fault.AllEras) && (fault.Objective ?? kind.Name) == kind.Name;
        double fallen = shape.StandsStill ? kind.Level : kind.Level - kind.Fall * _version;
        double level = fallen * (1 + _swing) * (isHit ? 1 + fault!.Rise : 1);
        int groups = Math.Min(GroupsMax, count);
        double[] means = [.. Enumerable.Range(0, groups).Select(group => level + losses[(group * count / groups)..((group + 1) * count / groups)].Average())];
        return new EraProbe(era, kind.Name, level + losses.Average(), kind.MaskNoise, kind.Trivial, count, era + 1)
        {
            Groups = shape.HasGroups ? means : [],
        };
    }

    /// <summary>Where each sentinel stands beside the level at this version.</summary>
    private double[] Excursions(int era, Kind kind, int count)
    {
        bool isNew = !_excursions.TryGetValue((era, kind.Name), out double[]? last);
        double[] now = new double[count];
        double fresh = kind.Excursion * (isNew ? 1 : Math.Sqrt(1 - Memory * Memory));
        for (int i = 0; i < count; i++) now[i] = (last is null ? 0 : Memory * last[i]) + fresh * Gaussian();
        return _excursions[(era, kind.Name)] = now;
    }

    /// <summary>A standard normal number (Box and Muller).</summary>
    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _chance.NextDouble())) * Math.Cos(2 * Math.PI * _chance.NextDouble());
}
