namespace SslAgent.Serving.Metrics;

/// <summary>One line of a counter or gauge. Written by any thread.</summary>
internal sealed class NumberSeries
{
    private double _value;

    public double Value => Volatile.Read(ref _value);

    /// <summary>The scrape at which an observed series was last seen; it is shown only in that one.</summary>
    public long SeenAt { get; set; }

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        double seen = Value;
        while (true)
        {
            double before = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }
}

/// <summary>One histogram. Buckets count what is at most their bound; the last one is open. Written by any thread.</summary>
internal sealed class HistogramSeries(double[] bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public void Record(double value)
    {
        // A value that is not a number is in no bucket; counted in the open one, it shows in count and sum.
        int bucket = double.IsNaN(value) ? bounds.Length : Array.BinarySearch(bounds, value);
        if (bucket < 0) bucket = ~bucket;
        lock (_lock)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    /// <summary>Counts of each bucket by itself, and the sum, of one moment.</summary>
    public (long[] Counts, double Sum) Read()
    {
        lock (_lock) return ([.. _counts], _sum);
    }
}
