namespace SslAgent.Continual.Streams;

/// <summary>Evenly spread choices that keep the order: no chance is needed where a list is merely too long.</summary>
internal static class Thin
{
    public static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> all, int countMax) =>
        all.Count <= countMax ? all : [.. Enumerable.Range(0, countMax).Select(i => all[(int)((long)i * all.Count / countMax)])];

    /// <summary>A fixed choice of about one in <paramref name="of"/> by content (FNV-1a): equal texts are on the same side.</summary>
    public static bool IsHeldOut(ReadOnlySpan<byte> content, uint of)
    {
        uint hash = 2166136261;
        foreach (byte one in content) hash = unchecked((hash ^ one) * 16777619);
        // The low bits of FNV-1a are its worst.
        return (hash >> 8) % of == 0;
    }
}
