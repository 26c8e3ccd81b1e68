using SslAgent.Domain;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>What can happen to a text.</summary>
internal enum TokenNoiseKind
{
    /// <summary>Some tokens are others, drawn at random.</summary>
    Replaced = 0,

    /// <summary>Some tokens are missing: what follows moves up, and as many mask tokens stand at the end.</summary>
    Deleted = 1,

    /// <summary>Tokens have moved a few places at most.</summary>
    Shuffled = 2,
}

/// <summary>
/// Corruption of a text's ordinary tokens in place: deletion as in Lewis et al., "BART" (ACL 2020), section 2.2, and shuffling within a distance as in Lample et al., "Unsupervised Machine Translation Using Monolingual Corpora
/// Only" (ICLR 2018), section 2.3. Drawn on the host.
/// </summary>
internal static class TokenNoise
{
    /// <summary>How far a token may be shuffled (Lample et al. 2018: k = 3).</summary>
    public const int DistanceMax = 3;

    public static int Kinds { get; } = Enum.GetValues<TokenNoiseKind>().Length;

    /// <param name="tokens">The ordinary tokens of one text.</param>
    /// <param name="rate">Share of them that is replaced or deleted; at least one is.</param>
    public static void Apply(TokenNoiseKind kind, Span<int> tokens, double rate, int tokensInUse, ref Philox chance)
    {
        if (tokens.Length == 0) return;
        // Of a single token nothing would be left, and it has nowhere to go.
        if (tokens.Length == 1) kind = TokenNoiseKind.Replaced;
        switch (kind)
        {
            case TokenNoiseKind.Deleted:
                Delete(tokens, Math.Min(tokens.Length - 1, CountOf(tokens.Length, rate)), ref chance);
                break;
            case TokenNoiseKind.Shuffled:
                Shuffle(tokens, ref chance);
                break;
            default:
                foreach (int place in Choose(tokens.Length, CountOf(tokens.Length, rate), ref chance)) tokens[place] = Mlm.RandomToken(tokensInUse, ref chance);
                break;
        }
    }

    private static void Delete(Span<int> tokens, int count, ref Philox chance)
    {
        HashSet<int> gone = [.. Choose(tokens.Length, count, ref chance)];
        var next = 0;
        for (var place = 0; place < tokens.Length; place++)
        {
            if (!gone.Contains(place)) tokens[next++] = tokens[place];
        }

        tokens[next..].Fill(Text.SpecialTokens.Mask);
    }

    /// <summary>Sorts by place plus a draw below DistanceMax + 1: nobody overtakes another who is further away than DistanceMax.</summary>
    private static void Shuffle(Span<int> tokens, ref Philox chance)
    {
        var keys = new double[tokens.Length];
        for (var place = 0; place < keys.Length; place++) keys[place] = place + ((DistanceMax + 1) * chance.NextDouble());
        int[] moved = tokens.ToArray();
        Array.Sort(keys, moved);
        moved.CopyTo(tokens);
    }

    private static int[] Choose(int length, int count, ref Philox chance)
    {
        int[] order = [.. Enumerable.Range(0, length)];
        MaskDraw.ChooseFirst(order, count, ref chance);
        return order[..count];
    }

    private static int CountOf(int length, double rate) => Math.Max(1, (int)Math.Round(rate * length));
}
