namespace SslAgent.Guarding.Drift;

/// <summary>
/// The two sides of every cut of a sequence of blocks, told in a few operations from sums that are made once: this is asked for each block of the stream, on
/// its way into the journal.
/// </summary>
internal readonly struct BlockSides
{
    /// <summary>Correlation of neighbours beyond which the window is too short to know it.</summary>
    private const double CorrelationMax = 0.9;

    // Of the blocks' means less their own mean, so that little is lost in the differences: sums of the first k, and of the first k products of neighbours.
    private readonly double[] _values, _sums, _products;
    private readonly double _centre, _squares;

    public BlockSides(IReadOnlyList<BlockWindow.Block> blocks)
    {
        int count = blocks.Count;
        (_values, _sums, _products) = (new double[count], new double[count + 1], new double[count]);
        foreach (BlockWindow.Block block in blocks) (_centre, VarianceMean) = (_centre + block.Mean / count, VarianceMean + block.Variance / count);
        for (int i = 0; i < count; i++)
        {
            _values[i] = blocks[i].Mean - _centre;
            _sums[i + 1] = _sums[i] + _values[i];
            _squares += _values[i] * _values[i];
            if (i > 0) _products[i] = _products[i - 1] + _values[i - 1] * _values[i];
        }
    }

    /// <summary>Mean variance of single samples within a block.</summary>
    public double VarianceMean { get; }

    public (double Before, double After) MeansAt(int cut) => (_centre + Before(cut), _centre + After(cut));

    /// <summary>How far the two sides' means lie apart, and the standard deviation of that.</summary>
    public (double Shift, double Spread) Compare(int cut)
    {
        int count = _values.Length;
        double before = Before(cut), after = After(cut);
        double squares = Math.Max(0, _squares - cut * before * before - (count - cut) * after * after);
        double lagged = Lagged(0, cut, before) + (_values[cut - 1] - before) * (_values[cut] - after) + Lagged(cut, count, after);
        double correlation = squares > 0 ? Math.Clamp(lagged / squares, 0, CorrelationMax) : 0;
        double variance = squares / (count - 2) * (1 + correlation) / (1 - correlation);
        return (Math.Abs(after - before), Math.Sqrt(variance * (1.0 / cut + 1.0 / (count - cut))));
    }

    private double Before(int cut) => _sums[cut] / cut;

    private double After(int cut) => (_sums[^1] - _sums[cut]) / (_values.Length - cut);

    /// <summary>Sum over neighbours from one place to before another of the products of their differences from a mean.</summary>
    private double Lagged(int from, int to, double mean) =>
        _products[to - 1] - _products[from] - mean * (_sums[to - 1] - _sums[from] + _sums[to] - _sums[from + 1]) + (to - from - 1) * mean * mean;
}
