using System.Text;
using System.Text.RegularExpressions;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Text.Tokenizing;

/// <summary>
/// The oracle: byte-pair encoding as one would explain it, words by the regular expression, everything recounted for every merge.
/// Tokens are their own bytes, written in Latin-1.
/// </summary>
internal static class SlowBpe
{
    private static readonly Regex Words = new(PreTokenizer.Pattern, RegexOptions.CultureInvariant);

    public static List<(string Left, string Right)> Train(IEnumerable<string> texts, int mergesMax)
    {
        List<(string[] Parts, int Count)> words =
            [.. texts.SelectMany(SplitWords).GroupBy(w => w).Select(g => (g.Key.Select(c => c.ToString()).ToArray(), g.Count()))];
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(code => ((char)code).ToString())];
        var merges = new List<(string, string)>();
        while (merges.Count < mergesMax)
        {
            var counts = new Dictionary<(string Left, string Right), long>();
            foreach ((string[] parts, int count) in words)
            {
                foreach ((string, string) pair in parts.Zip(parts.Skip(1))) counts[pair] = counts.GetValueOrDefault(pair) + count;
            }

            var best = counts.Where(c => c.Value >= 2 && !tokens.Contains(c.Key.Left + c.Key.Right))
                .OrderByDescending(c => c.Value).ThenBy(c => tokens.IndexOf(c.Key.Left)).ThenBy(c => tokens.IndexOf(c.Key.Right))
                .Select(c => c.Key).FirstOrDefault();
            if (best.Left is null) break;
            merges.Add(best);
            tokens.Add(best.Left + best.Right);
            words = [.. words.Select(word => (Replace(word.Parts, best), word.Count))];
        }

        return merges;
    }

    /// <summary>The tokens of a text, as bytes in Latin-1. Every merge in order, everywhere, from the left.</summary>
    public static List<string> Encode(string text, IEnumerable<(string Left, string Right)> merges)
    {
        var tokens = new List<string>();
        foreach (string word in SplitWords(text))
        {
            string[] parts = [.. word.Select(c => c.ToString())];
            foreach ((string Left, string Right) merge in merges) parts = Replace(parts, merge);
            tokens.AddRange(parts);
        }

        return tokens;
    }

    /// <summary>The words of a text, each as its UTF-8 bytes in Latin-1.</summary>
    public static IEnumerable<string> SplitWords(string text)
    {
        // .NET counts UTF-16 units where the others count characters: the astral ones are split by hand.
        foreach (string word in SplitCharacters(text)) yield return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(word));
    }

    /// <summary>Matches on one placeholder letter a character beyond ASCII, then takes the characters back.</summary>
    private static IEnumerable<string> SplitCharacters(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        string masked = string.Concat(runes.Select(rune => rune.IsAscii ? (char)rune.Value : 'é'));
        int at = 0;
        foreach (Match match in Words.Matches(masked))
        {
            if (match.Index != at) throw new InvalidOperationException($"the pattern skips character {at}");
            yield return string.Concat(runes.Skip(at).Take(match.Length));
            at += match.Length;
        }

        if (at != runes.Length) throw new InvalidOperationException($"the pattern ends at {at} of {runes.Length}");
    }

    private static string[] Replace(string[] parts, (string Left, string Right) merge)
    {
        var replaced = new List<string>(parts.Length);
        for (int i = 0; i < parts.Length; i++)
        {
            bool here = i + 1 < parts.Length && parts[i] == merge.Left && parts[i + 1] == merge.Right;
            replaced.Add(here ? parts[i] + parts[++i] : parts[i]);
        }

        return [.. replaced];
    }
}
