using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// Where the samples of one modality lie: a direction each, in <see cref="EmbeddingBook.Width"/> small whole numbers, so that sums over them are exact on every
/// machine. In order of the ids; immutable.
/// </summary>
internal sealed class EmbeddingTable(long[] ids, int[] cycles, sbyte[] vectors)
{
    /// <summary>Weight of what is new where a sample is embedded again: weights move, and one cycle's view of a sample is noise.</summary>
    private const double Smoothing = 0.5;

    private const double Largest = 127;

    public static EmbeddingTable Empty { get; } = new([], [], []);

    public int Count => ids.Length;

    public ReadOnlySpan<long> Ids => ids;

    /// <summary>Place of a sample, or a negative number.</summary>
    public int Find(long id) => Array.BinarySearch(ids, id);

    public ReadOnlySpan<sbyte> VectorAt(int place) => vectors.AsSpan(place * EmbeddingBook.Width, EmbeddingBook.Width);

    /// <summary>The cycle that last embedded the sample at this place.</summary>
    public int CycleAt(int place) => cycles[place];

    /// <summary>This table with what a cycle embedded, smoothed, and only of the samples that are kept.</summary>
    /// <param name="kept">In order.</param>
    public EmbeddingTable After(int cycle, IReadOnlyDictionary<long, float[]> embedded, IReadOnlyList<long> kept)
    {
        long[] known = [.. kept.Where(id => embedded.ContainsKey(id) || Find(id) >= 0)];
        int[] since = new int[known.Length];
        sbyte[] all = new sbyte[known.Length * EmbeddingBook.Width];
        for (int i = 0; i < known.Length; i++)
        {
            Span<sbyte> to = all.AsSpan(i * EmbeddingBook.Width, EmbeddingBook.Width);
            int place = Find(known[i]);
            if (place >= 0) VectorAt(place).CopyTo(to);
            since[i] = place >= 0 ? CycleAt(place) : cycle;
            if (!embedded.TryGetValue(known[i], out float[]? now)) continue;
            since[i] = cycle;
            Mix(to, now, place >= 0 ? Smoothing : 1);
        }

        return new EmbeddingTable(known, since, all);
    }

    public void Save(BinaryWriter to)
    {
        to.Write(ids.Length);
        foreach (long id in ids) to.Write(id);
        foreach (int cycle in cycles) to.Write(cycle);
        foreach (sbyte number in vectors) to.Write(number);
    }

    public static EmbeddingTable Load(BinaryReader from)
    {
        long[] ids = new long[from.ReadInt32()];
        for (int i = 0; i < ids.Length; i++) ids[i] = from.ReadInt64();
        int[] cycles = new int[ids.Length];
        for (int i = 0; i < cycles.Length; i++) cycles[i] = from.ReadInt32();
        sbyte[] vectors = new sbyte[ids.Length * EmbeddingBook.Width];
        for (int i = 0; i < vectors.Length; i++) vectors[i] = from.ReadSByte();
        return new EmbeddingTable(ids, cycles, vectors);
    }

    /// <summary>Whether a row can stand here: finite, and a direction at all.</summary>
    public static bool IsDirection(float[] row)
    {
        double norm = 0;
        foreach (float number in row) norm += (double)number * number;
        return double.IsFinite(norm) && norm > 0;
    }

    private static void Mix(Span<sbyte> kept, float[] now, double weight)
    {
        Check.That(now.Length == kept.Length, "an embedding has the book's width");
        double oldNorm = 0, newNorm = 0;
        for (int i = 0; i < now.Length; i++)
        {
            oldNorm += (double)kept[i] * kept[i];
            newNorm += (double)now[i] * now[i];
        }

        Span<double> mixed = stackalloc double[now.Length];
        double oldScale = oldNorm > 0 ? (1 - weight) / Math.Sqrt(oldNorm) : 0, newScale = weight / Math.Sqrt(newNorm), largest = 0;
        for (int i = 0; i < now.Length; i++)
        {
            mixed[i] = (kept[i] * oldScale) + (now[i] * newScale);
            largest = Math.Max(largest, Math.Abs(mixed[i]));
        }

        // Opposite to what was known: then the new one counts alone.
        if (largest == 0)
        {
            Mix(kept, now, 1);
            return;
        }

        for (int i = 0; i < now.Length; i++) kept[i] = (sbyte)Math.Round(mixed[i] / largest * Largest, MidpointRounding.AwayFromZero);
    }
}
