namespace SslAgent.Domain;

/// <summary>A sample's place in time.</summary>
/// <param name="Id">Its number: of samples with the same time the one that was admitted first comes first.</param>
/// <param name="Source">A number for its source.</param>
public readonly record struct TimedSample(long Id, int Source, long TimeMs) : IComparable<TimedSample>
{
    public int CompareTo(TimedSample other)
    {
        int bySource = Source.CompareTo(other.Source), byTime = TimeMs.CompareTo(other.TimeMs);
        return bySource != 0 ? bySource : byTime != 0 ? byTime : Id.CompareTo(other.Id);
    }

    public static bool operator <(TimedSample left, TimedSample right) => left.CompareTo(right) < 0;

    public static bool operator >(TimedSample left, TimedSample right) => left.CompareTo(right) > 0;

    public static bool operator <=(TimedSample left, TimedSample right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TimedSample left, TimedSample right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// Samples by source and time, whatever order they came in. A window is known by the place of its last sample, so that windows are drawn as samples are. Immutable.
/// </summary>
public sealed class Timeline
{
    private readonly TimedSample[] _samples;

    public Timeline(IEnumerable<TimedSample> samples)
    {
        _samples = [.. samples];
        Array.Sort(_samples);
    }

    public int Count => _samples.Length;

    public TimedSample this[int place] => _samples[place];

    /// <summary>The places of a window that ends here, in order of time; null where there is none.</summary>
    public int[]? WindowAt(int last, WindowShape shape)
    {
        Check.That(shape.Frames >= 2, "a window has two frames at least");
        var places = new int[shape.Frames];
        places[^1] = last;
        for (int back = shape.Frames - 2; back >= 0; back--)
        {
            if (Before(places[back + 1], shape) is not { } place) return null;
            places[back] = place;
        }

        return places;
    }

    /// <summary>All places at which a window ends, in order.</summary>
    public IEnumerable<int> Ends(WindowShape shape) => Enumerable.Range(0, _samples.Length).Where(place => WindowAt(place, shape) is not null);

    /// <summary>Windows that have no sample in common, from the first of each source on.</summary>
    public IEnumerable<int[]> Apart(WindowShape shape)
    {
        int taken = -1;
        for (var place = 0; place < _samples.Length; place++)
        {
            if (WindowAt(place, shape) is not { } window || window[0] <= taken) continue;
            taken = place;
            yield return window;
        }
    }

    /// <summary>The last sample that a source had by a time; null where it had none.</summary>
    public TimedSample? LastBy(int source, long timeMs)
    {
        int place = LastUpTo(new TimedSample(long.MaxValue, source, timeMs), _samples.Length);
        return place >= 0 && _samples[place].Source == source ? _samples[place] : null;
    }

    private int? Before(int place, WindowShape shape)
    {
        TimedSample sample = _samples[place];
        var spacingMs = (long)shape.Spacing.TotalMilliseconds;
        int before = spacingMs == 0 ? place - 1 : LastUpTo(sample with { Id = long.MaxValue, TimeMs = sample.TimeMs - spacingMs }, place);
        if (before < 0 || _samples[before].Source != sample.Source) return null;
        bool isTooFar = shape.GapMax > TimeSpan.Zero && sample.TimeMs - _samples[before].TimeMs > shape.GapMax.TotalMilliseconds;
        return isTooFar ? null : before;
    }

    /// <summary>The last of the first so many places whose sample is not beyond a bound; -1 where there is none.</summary>
    private int LastUpTo(TimedSample bound, int count)
    {
        (int low, int high) = (0, count);
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (_samples[middle] <= bound) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
