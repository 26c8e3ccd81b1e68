using SslAgent.Domain;

namespace SslAgent.Learning.Probing;

/// <summary>Text → frame retrieval over a pool of pairs.</summary>
internal static class Retrieval
{
    /// <param name="scores">Row i holds text i's score with every frame.</param>
    /// <param name="groups">Equal numbers mark equal texts: any frame of the same group is right.</param>
    public static RetrievalProbe Measure(float[][] scores, IReadOnlyList<int> groups)
    {
        int pool = groups.Count;
        Check.That(pool > 0 && scores.Length == pool, "every text is scored against every frame");
        Dictionary<int, int> sizes = groups.GroupBy(group => group).ToDictionary(group => group.Key, group => group.Count());
        int[] ranks = [.. Enumerable.Range(0, pool).Select(row => RankOfBest(scores[row], groups, groups[row]))];
        double chance = groups.Average(group => ChanceWithin(10, pool, sizes[group]));
        return new RetrievalProbe(Share(ranks, 1), Share(ranks, 10), chance, pool);
    }

    /// <summary>Frames of other texts that score at least as well as the best frame of this one: ties count against us.</summary>
    private static int RankOfBest(float[] scores, IReadOnlyList<int> groups, int group)
    {
        var best = float.NegativeInfinity;
        for (var frame = 0; frame < scores.Length; frame++)
        {
            if (groups[frame] == group) best = Math.Max(best, scores[frame]);
        }

        var better = 0;
        for (var frame = 0; frame < scores.Length; frame++)
        {
            if (groups[frame] != group && !(scores[frame] < best)) better++;
        }

        return better;
    }

    private static double Share(int[] ranks, int within) => ranks.Count(rank => rank < within) / (double)ranks.Length;

    /// <summary>Chance that a random order of the pool has one of <paramref name="right"/> frames among its first <paramref name="within"/>.</summary>
    private static double ChanceWithin(int within, int pool, int right)
    {
        var none = 1.0;
        for (var place = 0; place < Math.Min(within, pool); place++) none *= Math.Max(0, pool - right - place) / (double)(pool - place);
        return 1 - none;
    }
}
