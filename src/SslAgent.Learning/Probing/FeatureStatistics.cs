using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Probing;

/// <summary>Label-free health of features.</summary>
internal static class FeatureStatistics
{
    // R rows (samples), D width.

    private const double Epsilon = 1e-7;

    /// <param name="features">fp32 [R, D], R at least 2.</param>
    /// <param name="groups">Each row's group of sentinels, see <see cref="SentinelGroups"/>.</param>
    /// <param name="views">Features of another view of the same samples, or null where there is none.</param>
    public static FeatureHealth Of(string tower, Tensor features, IReadOnlyList<int> groups, Tensor? views = null)
    {
        using var scope = NewDisposeScope();
        long rows = features.shape[0], width = features.shape[1];
        Tensor host = features.detach().cpu().to_type(ScalarType.Float64);
        double[] values = linalg.svdvals(host).data<double>().ToArray(); // Descending, min(R, D) of them.
        FeatureHealth health = new(tower, EffectiveRank(values), StdRatio(host), (int)width, (int)rows)
        {
            TailShare = TailShare(values),
            Condition = values[0] / Math.Max(values[values.Length / 2], Epsilon * values[0] + double.Epsilon),
            Uniformity = Uniformity(host),
            Alignment = views is null ? null : Alignment(host, views),
        };
        return health with { Noise = FeatureJackknife.Of(host, groups, health) };
    }

    /// <summary>
    /// RankMe (Garrido et al. 2023, equation 1): exp of the entropy of the singular values' shares, between 1 and min(R, D).
    /// </summary>
    public static double EffectiveRank(Tensor features) => EffectiveRank(linalg.svdvals(features).data<double>().ToArray());

    /// <summary>Mean per-dimension std of unit-length rows times √D: 1 where they point everywhere, 0 where all point one way (Chen and He 2021, section 4.1).</summary>
    public static double StdRatio(Tensor features)
    {
        Tensor unit = nn.functional.normalize(features, dim: 1);
        return unit.std(0, unbiased: true).mean().item<double>() * Math.Sqrt(features.shape[1]);
    }

    /// <summary>Wang and Isola 2020, equation 2, with t = 2: ln of the mean over all pairs of different rows.</summary>
    public static double Uniformity(Tensor features)
    {
        Tensor potentials = Potentials(features);
        long rows = features.shape[0];
        return Math.Log((potentials.sum().item<double>() - potentials.diagonal().sum().item<double>()) / (rows * (rows - 1.0)));
    }

    /// <summary>exp(-2|x - y|²) of each two rows: fp64 [R, R] on the host.</summary>
    public static Tensor Potentials(Tensor features)
    {
        Tensor unit = Unit(features);
        return ((unit.mm(unit.t()) - 1) * 4).exp(); // |x - y|² = 2 - 2 x·y
    }

    /// <summary>Wang and Isola 2020, equation 1, with α = 2: mean squared distance of the rows of two views.</summary>
    public static double Alignment(Tensor features, Tensor views)
    {
        Tensor apart = Unit(features) - Unit(views);
        return apart.square().sum(1).mean().item<double>();
    }

    /// <summary>What the lesser half of descending singular values has of their sum.</summary>
    public static double TailShare(double[] values)
    {
        double sum = values.Sum();
        return sum > 0 ? values[((values.Length + 1) / 2)..].Sum() / sum : 0;
    }

    /// <summary>Rows of unit length, fp64 on the host.</summary>
    private static Tensor Unit(Tensor features) => nn.functional.normalize(features.detach().cpu().to_type(ScalarType.Float64), dim: 1);

    /// <summary><see cref="EffectiveRank(Tensor)"/> of descending singular values.</summary>
    public static double EffectiveRank(double[] values)
    {
        double sum = values.Sum();
        double[] shares = [.. values.Select(value => value / (sum + Epsilon) + Epsilon)];
        return Math.Exp(-shares.Sum(share => share * Math.Log(share)));
    }
}
