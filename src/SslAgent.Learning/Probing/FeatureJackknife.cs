using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Probing;

/// <summary>
/// How uncertain the health of features is: each measure anew without each group of sentinels in turn (Tukey 1958; that the jackknife says too much rather than too little: Efron and Stein 1981; groups of unequal size:
/// Busing, Meijer and van der Leeden 1999, section 3). R rows (samples), D width.
/// </summary>
internal static class FeatureJackknife
{
    /// <param name="host">fp64 [R, D] on the host.</param>
    /// <param name="groups">Each row's group.</param>
    /// <param name="whole">The measures of all rows.</param>
    /// <returns>Null where there are fewer than two groups, or too few rows without one of them.</returns>
    public static FeatureNoise? Of(Tensor host, IReadOnlyList<int> groups, FeatureHealth whole)
    {
        int[] known = [.. groups.Distinct()];
        long[][] kept = [.. known.Select(group => Enumerable.Range(0, groups.Count).Where(row => groups[row] != group).Select(row => (long)row).ToArray())];
        if (known.Length < 2 || kept.Any(rows => rows.Length < 2)) return null;
        using var scope = NewDisposeScope();
        var ranks = new double[known.Length];
        var tails = new double[known.Length];
        var spreads = new double[known.Length];
        for (var group = 0; group < known.Length; group++)
        {
            using var own = NewDisposeScope();
            Tensor rest = host.index_select(0, tensor(kept[group]));
            double[] values = SingularValues(rest);
            (ranks[group], tails[group], spreads[group]) = (FeatureStatistics.EffectiveRank(values), FeatureStatistics.TailShare(values), FeatureStatistics.StdRatio(rest));
        }

        int[] sizes = [.. kept.Select(rows => groups.Count - rows.Length)];
        return new FeatureNoise(
            Deviation(whole.EffectiveRank, ranks, sizes), Deviation(whole.StdRatio, spreads, sizes), Deviation(whole.TailShare ?? 0, tails, sizes),
            Deviation(-whole.Uniformity ?? 0, Uniformities(host, groups, known), sizes), known.Length);
    }

    /// <summary>Descending, by the smaller Gram matrix: to some 1e-8 of the largest one, in a fraction of the time of a decomposition.</summary>
    private static double[] SingularValues(Tensor features)
    {
        Tensor gram = features.shape[0] < features.shape[1] ? features.mm(features.t()) : features.t().mm(features);
        return [.. linalg.eigvalsh(gram).data<double>().ToArray().Select(squared => Math.Sqrt(Math.Max(0, squared))).Reverse()];
    }

    /// <summary>Uniformity, negated, without each group: from the sums over pairs of groups.</summary>
    private static double[] Uniformities(Tensor host, IReadOnlyList<int> groups, int[] known)
    {
        long[] places = [.. groups.Select(group => (long)Array.IndexOf(known, group))];
        Tensor members = nn.functional.one_hot(tensor(places), known.Length).to_type(ScalarType.Float64); // [R, G]
        Tensor potentials = FeatureStatistics.Potentials(host);
        potentials -= potentials.diagonal().diag();
        double[] sums = members.t().mm(potentials).mm(members).contiguous().data<double>().ToArray(); // [G, G]
        double all = sums.Sum();
        return
        [
            .. Enumerable.Range(0, known.Length).Select(group =>
            {
                int count = known.Length, rows = places.Count(place => place != group);
                double beside = all - 2 * sums[(group * count)..((group + 1) * count)].Sum() + sums[group * count + group];
                return -Math.Log(beside / (rows * (rows - 1.0)));
            }),
        ];
    }

    /// <summary>Standard deviation of a measure's logarithm by what it is without each group, of so many rows; 0 where it is nothing, or would be without one of them.</summary>
    private static double Deviation(double whole, double[] without, int[] sizes)
    {
        if (!(whole > 0) || without.Any(value => !(value > 0))) return 0;
        double all = sizes.Sum(), log = Math.Log(whole);
        double center = (without.Length * log) - without.Zip(sizes, (value, size) => (1 - (size / all)) * Math.Log(value)).Sum();
        return Math.Sqrt(without.Zip(sizes, (value, size) =>
        {
            double share = all / size, pseudo = (share * log) - ((share - 1) * Math.Log(value));
            return (pseudo - center) * (pseudo - center) / (share - 1);
        }).Average());
    }
}
