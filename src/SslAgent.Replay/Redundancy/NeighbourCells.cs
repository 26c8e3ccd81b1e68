using SslAgent.Domain;

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SslAgent.Replay;

/// <summary>
/// Nearest neighbours by cosine among many directions without comparing each with each. About √n pivots (the samples with the smallest priorities: a random
/// choice, and the same one every time) cut the space into cells; a search compares with all pivots and then with those in the nearest cells, and where many samples
/// crowd into one cell with those next in their nearness to the pivot, which copies of one sample always are. So a search costs O(√n) whatever the data; it may
/// pass by a neighbour in a cell that it does not look into. Not thread-safe.
/// </summary>
internal sealed class NeighbourCells
{
    private const int Width = EmbeddingBook.Width;

    /// <summary>Cells that a search looks into, the sample's own among them.</summary>
    private const int Probes = 4;

    // By place: samples stand cell by cell and in each in order of their nearness to the pivot, so that a search reads on and does not jump.
    private readonly short[] _vectors;
    private readonly double[] _scales;
    private readonly int[] _samples;

    // By sample: its place, its nearest cells, best first, and how near their pivots are.
    private readonly int[] _places;
    private readonly int[] _nearest;
    private readonly double[] _nearness;

    // Places where cells begin, and one behind the last.
    private readonly int[] _begins;
    private readonly int _windowMax;

    // By place the next one upwards, and downwards one higher so that 0 is the end, that is not removed, itself included; shortened as they are followed.
    private readonly int[] _up, _down;

    /// <param name="vectors">Directions one behind the other.</param>
    /// <param name="priorities">In what order they are pivots.</param>
    public NeighbourCells(ReadOnlySpan<sbyte> vectors, ulong[] priorities)
    {
        int count = priorities.Length, side = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(count)));
        short[] bySample = new short[vectors.Length];
        for (int i = 0; i < vectors.Length; i++) bySample[i] = vectors[i];
        _windowMax = 2 * side;
        (_places, _samples, _scales) = (new int[count], new int[count], new double[count]);
        (_nearest, _nearness) = (new int[count * Probes], new double[count * Probes]);
        int cells = FindPivots(bySample, PivotsOf(bySample, priorities, side), count);
        _begins = new int[cells + 1];
        Settle(count);
        _vectors = new short[vectors.Length];
        for (int place = 0; place < count; place++)
        {
            bySample.AsSpan(_samples[place] * Width, Width).CopyTo(_vectors.AsSpan(place * Width));
            _scales[place] = ScaleOf(bySample.AsSpan(_samples[place] * Width, Width));
        }

        _up = [.. Enumerable.Range(0, count + 1)];
        _down = [.. Enumerable.Range(0, count + 1)];
    }

    /// <summary>How often two directions were compared so far.</summary>
    public long Comparisons { get; private set; }

    public bool IsRemoved(int sample) => _up[_places[sample]] != _places[sample];

    public void Remove(int sample)
    {
        Check.That(!IsRemoved(sample), "a sample leaves once");
        int place = _places[sample];
        _up[place] = place + 1;
        _down[place + 1] = place;
    }

    /// <summary>The nearest one that is not removed, as far as it looks, and the cosine; -1 where it finds none. Of equal ones the first.</summary>
    public (int Neighbour, double Cosine) Nearest(int sample)
    {
        (int Neighbour, double Cosine) best = (-1, double.NegativeInfinity);
        for (int probe = 0; probe < Math.Min(Probes, _begins.Length - 1); probe++)
        {
            int cell = _nearest[(sample * Probes) + probe];
            int place = probe == 0 ? _places[sample] : PlaceFor(cell, _nearness[(sample * Probes) + probe]);
            LookAround(_places[sample], cell, place, ref best);
        }

        return best;
    }

    private void LookAround(int own, int cell, int place, ref (int Neighbour, double Cosine) best)
    {
        int end = _begins[cell + 1], begin = _begins[cell];
        int up = Follow(_up, place);
        for (int left = _windowMax; left > 0 && up < end; up = Follow(_up, up + 1), left--) Compare(own, up, ref best);
        int down = Follow(_down, place);
        for (int left = _windowMax; left > 0 && down > begin; down = Follow(_down, down - 1), left--) Compare(own, down - 1, ref best);
    }

    private void Compare(int own, int other, ref (int Neighbour, double Cosine) best)
    {
        if (own == other) return;
        Comparisons++;
        double cosine = Dot(_vectors.AsSpan(own * Width, Width), _vectors.AsSpan(other * Width, Width)) * (_scales[own] * _scales[other]);
        if (cosine > best.Cosine || (cosine == best.Cosine && _samples[other] < best.Neighbour)) best = (_samples[other], cosine);
    }

    private static double ScaleOf(ReadOnlySpan<short> vector) => 1 / Math.Sqrt(Math.Max(1, Dot(vector, vector)));

    private static int Dot(ReadOnlySpan<short> one, ReadOnlySpan<short> other)
    {
        ref short a = ref MemoryMarshal.GetReference(one);
        ref short b = ref MemoryMarshal.GetReference(other);
        Vector256<int> sum = Vector256<int>.Zero;
        int step = Vector256<short>.Count;
        for (nuint i = 0; i < Width; i += 2 * (nuint)step)
        {
            // Two products of numbers up to 127 still fit 16 bits.
            Vector256<short> products = (Vector256.LoadUnsafe(ref a, i) * Vector256.LoadUnsafe(ref b, i)) +
                (Vector256.LoadUnsafe(ref a, i + (nuint)step) * Vector256.LoadUnsafe(ref b, i + (nuint)step));
            (Vector256<int> lower, Vector256<int> upper) = Vector256.Widen(products);
            sum += lower + upper;
        }

        return Vector256.Sum(sum);
    }

    /// <summary>Copies of a pivot are none: they would divide its cell by nothing.</summary>
    private static int[] PivotsOf(short[] bySample, ulong[] priorities, int side)
    {
        var chosen = new List<int>();
        var seen = new HashSet<ulong>();
        foreach (int sample in Enumerable.Range(0, priorities.Length).OrderBy(sample => priorities[sample]).ThenBy(sample => sample).Take(2 * side))
        {
            if (chosen.Count < side && seen.Add(StableHash.Of(MemoryMarshal.AsBytes(bySample.AsSpan(sample * Width, Width))))) chosen.Add(sample);
        }

        return [.. chosen];
    }

    /// <summary>Returns how many cells there are.</summary>
    private int FindPivots(short[] bySample, int[] pivots, int count)
    {
        double[] scales = [.. pivots.Select(pivot => ScaleOf(bySample.AsSpan(pivot * Width, Width)))];
        _nearness.AsSpan().Fill(double.NegativeInfinity);
        for (int sample = 0; sample < count; sample++)
        {
            ReadOnlySpan<short> own = bySample.AsSpan(sample * Width, Width);
            double scale = ScaleOf(own);
            Span<int> nearest = _nearest.AsSpan(sample * Probes, Probes);
            Span<double> nearness = _nearness.AsSpan(sample * Probes, Probes);
            for (int pivot = 0; pivot < pivots.Length; pivot++)
            {
                double cosine = Dot(own, bySample.AsSpan(pivots[pivot] * Width, Width)) * (scale * scales[pivot]);
                if (cosine <= nearness[^1]) continue;
                int place = Probes - 1;
                for (; place > 0 && cosine > nearness[place - 1]; place--) (nearest[place], nearness[place]) = (nearest[place - 1], nearness[place - 1]);
                (nearest[place], nearness[place]) = (pivot, cosine);
            }
        }

        Comparisons += (long)count * pivots.Length;
        return pivots.Length;
    }

    /// <summary>Gives each sample its place.</summary>
    private void Settle(int count)
    {
        for (int sample = 0; sample < count; sample++) (_samples[sample], _places[sample]) = (sample, sample);
        Array.Sort(_samples, (one, other) =>
        {
            int byCell = _nearest[one * Probes].CompareTo(_nearest[other * Probes]);
            if (byCell != 0) return byCell;
            int byNearness = _nearness[one * Probes].CompareTo(_nearness[other * Probes]);
            return byNearness != 0 ? byNearness : one.CompareTo(other);
        });
        for (int place = 0; place < count; place++)
        {
            _places[_samples[place]] = place;
            _begins[_nearest[_samples[place] * Probes] + 1]++;
        }

        for (int cell = 1; cell < _begins.Length; cell++) _begins[cell] += _begins[cell - 1];
    }

    /// <summary>The first place in a cell whose sample is as near to the pivot.</summary>
    private int PlaceFor(int cell, double nearness)
    {
        int low = _begins[cell], high = _begins[cell + 1];
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_nearness[_samples[middle] * Probes] < nearness) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static int Follow(int[] next, int place)
    {
        int end = place;
        while (next[end] != end) end = next[end];
        while (next[place] != end && place != end) (place, next[place]) = (next[place], end);
        return end;
    }
}
