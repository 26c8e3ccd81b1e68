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

    private readonly short[] _vectors;
    private readonly double[] _scales;
    private readonly int[] _pivots;
    private readonly int _windowMax;

    // By sample: its nearest pivots, best first, and how near they are.
    private readonly int[] _nearest;
    private readonly double[] _nearness;

    // By cell: its samples in order of their nearness to the pivot. By sample: where it stands there.
    private readonly int[][] _cells;
    private readonly int[] _places;

    // By cell: for each place the next one that is not removed, itself included; shortened as it is followed.
    private readonly int[][] _up, _down;
    private readonly bool[] _isRemoved;

    /// <param name="vectors">Directions one behind the other.</param>
    /// <param name="priorities">In what order they are pivots.</param>
    public NeighbourCells(ReadOnlySpan<sbyte> vectors, ulong[] priorities)
    {
        int count = priorities.Length;
        _vectors = new short[vectors.Length];
        for (int i = 0; i < vectors.Length; i++) _vectors[i] = vectors[i];
        _scales = new double[count];
        for (int i = 0; i < count; i++) _scales[i] = 1 / Math.Sqrt(Math.Max(1, Dot(i, i)));
        int side = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(count)));
        _windowMax = 2 * side;
        _pivots = PivotsOf(priorities, side);
        _nearest = new int[count * Probes];
        _nearness = new double[count * Probes];
        _isRemoved = new bool[count];
        _places = new int[count];
        for (int i = 0; i < count; i++) FindPivots(i);
        _cells = CellsOf(count);
        _up = [.. _cells.Select(cell => Enumerable.Range(0, cell.Length + 1).ToArray())];
        _down = [.. _cells.Select(cell => Enumerable.Range(0, cell.Length + 1).ToArray())];
    }

    /// <summary>How often two directions were compared so far.</summary>
    public long Comparisons { get; private set; }

    public bool IsRemoved(int sample) => _isRemoved[sample];

    public void Remove(int sample)
    {
        Check.That(!_isRemoved[sample], "a sample leaves once");
        int cell = _nearest[sample * Probes], place = _places[sample];
        _isRemoved[sample] = true;
        _up[cell][place] = place + 1;
        // Places are one higher going down, so that 0 is the end.
        _down[cell][place + 1] = place;
    }

    /// <summary>The nearest one that is not removed, as far as it looks, and the cosine; -1 where it finds none. Of equal ones the first.</summary>
    public (int Neighbour, double Cosine) Nearest(int sample)
    {
        (int Neighbour, double Cosine) best = (-1, double.NegativeInfinity);
        for (int probe = 0; probe < Math.Min(Probes, _pivots.Length); probe++)
        {
            int cell = _nearest[(sample * Probes) + probe];
            int place = probe == 0 ? _places[sample] : PlaceFor(cell, _nearness[(sample * Probes) + probe]);
            LookAround(sample, cell, place, ref best);
        }

        return best;
    }

    private void LookAround(int sample, int cell, int place, ref (int Neighbour, double Cosine) best)
    {
        int[] members = _cells[cell];
        int up = Follow(_up[cell], place);
        for (int left = _windowMax; left > 0 && up < members.Length; up = Follow(_up[cell], up + 1), left--) Compare(sample, members[up], ref best);
        int down = Follow(_down[cell], place);
        for (int left = _windowMax; left > 0 && down > 0; down = Follow(_down[cell], down - 1), left--) Compare(sample, members[down - 1], ref best);
    }

    private void Compare(int sample, int other, ref (int Neighbour, double Cosine) best)
    {
        if (sample == other) return;
        double cosine = Cosine(sample, other);
        if (cosine > best.Cosine || (cosine == best.Cosine && other < best.Neighbour)) best = (other, cosine);
    }

    private double Cosine(int one, int other)
    {
        Comparisons++;
        return Dot(one, other) * (_scales[one] * _scales[other]);
    }

    private int Dot(int one, int other)
    {
        ref short a = ref MemoryMarshal.GetReference(_vectors.AsSpan(one * Width, Width));
        ref short b = ref MemoryMarshal.GetReference(_vectors.AsSpan(other * Width, Width));
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
    private int[] PivotsOf(ulong[] priorities, int side)
    {
        var chosen = new List<int>();
        var seen = new HashSet<ulong>();
        foreach (int sample in Enumerable.Range(0, priorities.Length).OrderBy(sample => priorities[sample]).ThenBy(sample => sample).Take(2 * side))
        {
            if (chosen.Count < side && seen.Add(StableHash.Of(MemoryMarshal.AsBytes(_vectors.AsSpan(sample * Width, Width))))) chosen.Add(sample);
        }

        return [.. chosen];
    }

    private void FindPivots(int sample)
    {
        Span<int> nearest = _nearest.AsSpan(sample * Probes, Probes);
        Span<double> nearness = _nearness.AsSpan(sample * Probes, Probes);
        nearness.Fill(double.NegativeInfinity);
        for (int pivot = 0; pivot < _pivots.Length; pivot++)
        {
            double cosine = Cosine(sample, _pivots[pivot]);
            if (cosine <= nearness[^1]) continue;
            int place = Probes - 1;
            for (; place > 0 && cosine > nearness[place - 1]; place--) (nearest[place], nearness[place]) = (nearest[place - 1], nearness[place - 1]);
            (nearest[place], nearness[place]) = (pivot, cosine);
        }
    }

    private int[][] CellsOf(int count)
    {
        var members = new List<int>[_pivots.Length];
        for (int cell = 0; cell < members.Length; cell++) members[cell] = [];
        for (int sample = 0; sample < count; sample++) members[_nearest[sample * Probes]].Add(sample);
        int[][] cells = [.. members.Select(cell => cell.OrderBy(sample => _nearness[sample * Probes]).ThenBy(sample => sample).ToArray())];
        foreach (int[] cell in cells)
        {
            for (int place = 0; place < cell.Length; place++) _places[cell[place]] = place;
        }

        return cells;
    }

    /// <summary>The first place in a cell whose sample is as near to the pivot.</summary>
    private int PlaceFor(int cell, double nearness)
    {
        int[] members = _cells[cell];
        int low = 0, high = members.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_nearness[members[middle] * Probes] < nearness) low = middle + 1;
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
