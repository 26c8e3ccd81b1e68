namespace SslAgent.Ingest.Decoding;

/// <summary>Words of libraries (and through them of producers) as they may stand in a rejection: it ends in logs, headers and terminals.</summary>
internal static class Reasons
{
    private const int CharsMax = 200;

    /// <summary>At most 200 characters, each control character or lone half of one replaced by a question mark.</summary>
    public static string Printable(string words) => string.Create(Math.Min(words.Length, CharsMax), words, static (kept, all) =>
    {
        for (int i = 0; i < kept.Length; i++)
        {
            bool isPair = i + 1 < kept.Length && char.IsSurrogatePair(all[i], all[i + 1]);
            kept[i] = isPair || !(char.IsControl(all[i]) || char.IsSurrogate(all[i])) ? all[i] : '?';
            if (isPair) kept[++i] = all[i];
        }
    });
}
