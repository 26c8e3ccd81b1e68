using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Probing;

/// <summary>Label-free health of features.</summary>
internal static class FeatureStatistics
{
    // R rows (samples), D width.

    /// <param name="features">fp32 [R, D], R at least 2.</param>
    public static FeatureHealth Of(string tower, Tensor features)
    {
        using var scope = NewDisposeScope();
        long rows = features.shape[0], width = features.shape[1];
        Tensor host = features.detach().cpu().to_type(ScalarType.Float64);
        return new FeatureHealth(tower, EffectiveRank(host), StdRatio(host), (int)width, (int)rows);
    }

    /// <summary>
    /// RankMe (Garrido et al. 2023, equation 1): exp of the entropy of the singular values' shares, between 1 and min(R, D).
    /// </summary>
    public static double EffectiveRank(Tensor features)
    {
        const double epsilon = 1e-7;
        Tensor values = linalg.svdvals(features);
        Tensor shares = values / (values.sum() + epsilon) + epsilon;
        return Math.Exp(-(shares * shares.log()).sum().item<double>());
    }

    /// <summary>Mean per-dimension std of unit-length rows times √D: 1 where they point everywhere, 0 where all point one way (Chen and He 2021, section 4.1).</summary>
    public static double StdRatio(Tensor features)
    {
        Tensor unit = nn.functional.normalize(features, dim: 1);
        return unit.std(0, unbiased: true).mean().item<double>() * Math.Sqrt(features.shape[1]);
    }
}
