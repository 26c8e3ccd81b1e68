namespace SslAgent.Learning.Probing;

/// <summary>
/// Groups of sentinels that features' uncertainty is told by: in each a stretch of every era, in order of admission, so that neighbours that look alike count as the one thing that they are, and no group is an era:
/// which eras there are is no chance.
/// </summary>
internal static class SentinelGroups
{
    private const int Max = 16;

    /// <summary>Each row's group, from 0.</summary>
    /// <param name="sizes">Rows of each era, in their order.</param>
    public static int[] Of(IEnumerable<int> sizes)
    {
        var groups = new List<int>();
        var first = 0;
        foreach (int size in sizes)
        {
            int parts = Math.Min(Max, size);
            for (var row = 0; row < size; row++) groups.Add((first + (int)((long)row * parts / size)) % Max);
            first += parts;
        }

        return [.. groups];
    }
}
