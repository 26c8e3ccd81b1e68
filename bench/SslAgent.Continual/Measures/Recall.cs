using SslAgent.Probing;

namespace SslAgent.Continual.Measures;

/// <summary>Retrieval over pairs of vectors of length 1.</summary>
internal static class Recall
{
    /// <summary>For each query how many of the others' partners score at least as well as its own: ties count against us.</summary>
    public static int[] Ranks(float[][] queries, float[][] partners) =>
    [
        .. queries.Select((query, own) =>
        {
            float right = Vectors.Dot<float>(query, partners[own]);
            return partners.Where((partner, i) => i != own && !(Vectors.Dot<float>(query, partner) < right)).Count();
        }),
    ];

    public static double At(IReadOnlyList<int> ranks, int within) => ranks.Count(rank => rank < within) / (double)ranks.Count;
}
