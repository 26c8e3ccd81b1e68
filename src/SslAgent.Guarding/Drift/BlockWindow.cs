namespace SslAgent.Guarding.Drift;

/// <summary>
/// Whether the mean of a sequence changed: ADWIN's question (Bifet and Gavaldà 2007: is there a cut of the window whose two sides differ by more than
/// chance? then the older side goes), asked of the last blocks' means. A deterministic fold; bounded; not thread-safe.
/// </summary>
/// <remarks>
/// We differ from the paper: a window of at most <see cref="BlocksMax"/> blocks instead of an exponential histogram, so all cuts are tested; Student's t on
/// the spread within the two sides instead of Hoeffding's bound, which needs values in [0, 1]; and the spread is widened by the blocks' own lag-1
/// correlation (Bartlett 1946), since neighbouring frames of a camera look alike. A change must also be large beside the spread of single samples.
/// </remarks>
internal sealed class BlockWindow(DriftSettings settings)
{
    public const int BlocksMax = 64;

    /// <summary>Fewest blocks on either side of a cut.</summary>
    private const int SideMin = 4;

    private readonly List<Block> _blocks = [];
    private double _sum, _squares;
    // Blocks since what came before was told; -1 while the block that is being filled has values from both sides.
    private int _count, _since;

    /// <summary>Mean and variance of one block's samples.</summary>
    public readonly record struct Block(double Mean, double Variance);

    /// <summary>A change of the mean.</summary>
    /// <param name="IsNew">Whether it came after what was told last.</param>
    public readonly record struct Change(double Before, double After, bool IsNew);

    /// <summary>Takes a value; where a block is full and the window has a cut, gives the means before and after it and forgets what came before.</summary>
    public Change? Add(double value)
    {
        if (!double.IsFinite(value)) return null;
        _sum += value;
        _squares += value * value;
        if (++_count < settings.BlockSamples) return null;
        double mean = _sum / _count;
        Push(new Block(mean, Math.Max(0, _squares / _count - mean * mean)));
        (_sum, _squares, _count) = (0, 0, 0);
        return Cut();
    }

    /// <summary>What is in the window by now is told: only a change from here on is new.</summary>
    public void Told() => _since = _count > 0 ? -1 : 0;

    public WindowState Save() => new([.. _blocks.Select(block => block.Mean)], [.. _blocks.Select(block => block.Variance)], _sum, _squares, _count, _since);

    public static BlockWindow Load(DriftSettings settings, WindowState saved)
    {
        var window = new BlockWindow(settings) { _sum = saved.Sum, _squares = saved.Squares, _count = Math.Min(saved.Count, settings.BlockSamples - 1) };
        foreach ((double mean, double variance) in saved.Means.Zip(saved.Variances)) window.Push(new Block(mean, variance));
        window._since = saved.Since ?? BlocksMax;
        return window;
    }

    private void Push(Block block)
    {
        if (_blocks.Count == BlocksMax) _blocks.RemoveAt(0);
        _blocks.Add(block);
        if (_since < BlocksMax) _since++;
    }

    private Change? Cut()
    {
        int cuts = _blocks.Count - (2 * SideMin) + 1;
        if (cuts <= 0) return null;
        // Every block brings a test of every cut, two-sided.
        double limit = StudentT.QuantileAbove(settings.FalseAlarmRate / (2 * cuts), _blocks.Count - 2);
        var sides = new BlockSides(_blocks);
        double shiftMin = settings.ShiftMin * Math.Sqrt(sides.VarianceMean);
        (int at, double strain) = (-1, limit);
        for (int cut = SideMin; cut <= _blocks.Count - SideMin; cut++)
        {
            (double shift, double spread) = sides.Compare(cut);
            if (shift < shiftMin || !(shift > strain * spread)) continue;
            (at, strain) = (cut, spread > 0 ? shift / spread : double.MaxValue);
        }

        if (at < 0) return null;
        (double before, double after) = sides.MeansAt(at);
        _blocks.RemoveRange(0, at);
        // One at the very place where it was told is that one: a change is told while a side of the fewest blocks still has some from before it.
        return new Change(before, after, IsNew: _blocks.Count < _since);
    }
}

/// <summary>What the watch goes by; see the options of the same names.</summary>
internal sealed record DriftSettings(double FalseAlarmRate, double ShiftMin, int BlockSamples, int SamplesMin);

/// <summary>A window between two samples.</summary>
/// <param name="Since">Blocks since a drift was told; releases that did not count wrote none, and nothing that they saw counts as told.</param>
internal sealed record WindowState(IReadOnlyList<double> Means, IReadOnlyList<double> Variances, double Sum, double Squares, int Count, int? Since = null);
