namespace SslAgent.Configuration;

/// <summary>How option names are written, and which known one a wrong one was meant to be.</summary>
internal static class Keys
{
    private const int DistanceMax = 3;

    /// <summary><c>BatchSize</c> is written <c>batchSize</c>.</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}:{key}";

    /// <summary>The nearest known key, or null where none is near.</summary>
    public static string? Nearest(string wrong, IEnumerable<string> known)
    {
        (string Key, int Distance)? best = null;
        foreach (string key in known)
        {
            int distance = Distance(wrong.ToUpperInvariant(), key.ToUpperInvariant());
            if (best is null || distance < best.Value.Distance) best = (key, distance);
        }

        return best is { } found && found.Distance <= Math.Min(DistanceMax, Math.Max(1, wrong.Length / 2)) ? found.Key : null;
    }

    /// <summary>Edit distance with insertions, deletions, replacements and swapped neighbours each counting one.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(change, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
