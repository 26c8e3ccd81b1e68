namespace SslAgent.Probing;

/// <summary>How far two ways of grouping the same things agree.</summary>
internal static class Agreement
{
    /// <summary>
    /// Normalised mutual information, 2 I(A; B) / (H(A) + H(B)): 1 for the same groups under whatever names, 0 for groups that tell nothing of each other
    /// (Strehl and Ghosh 2002, with the arithmetic mean).
    /// </summary>
    public static double NormalizedMutualInformation(IReadOnlyList<int> one, IReadOnlyList<int> other)
    {
        double count = one.Count, mutual = 0;
        Dictionary<int, double> left = Shares(one), right = Shares(other);
        foreach (var pair in one.Zip(other).GroupBy(pair => pair))
        {
            double both = pair.Count() / count;
            mutual += both * Math.Log(both / (left[pair.Key.First] * right[pair.Key.Second]));
        }

        double entropies = Entropy(left) + Entropy(right);
        return entropies <= 0 ? 1 : Math.Clamp(2 * mutual / entropies, 0, 1);
    }

    private static Dictionary<int, double> Shares(IReadOnlyList<int> groups) =>
        groups.GroupBy(group => group).ToDictionary(group => group.Key, group => group.Count() / (double)groups.Count);

    private static double Entropy(Dictionary<int, double> shares) => -shares.Values.Sum(share => share * Math.Log(share));
}
