namespace SslAgent.Guarding;

/// <summary>
/// The mean rise of one objective's eras: it has less noise than any of them, so it shows what is too small to see in a single one. An era counts by its sentinels, which is
/// what is known about it: four of them next to thousands do not decide how uncertain the whole is. Weights by measured spreads would lean on whichever era
/// seems certain by accident.
/// </summary>
/// <param name="Rise">As a share of the loss or of the gain, like that of <see cref="EraComparison"/>.</param>
/// <param name="Luck">What of it is due to the best values lying low by chance.</param>
/// <param name="Noise">Standard deviation of the rise.</param>
/// <param name="Freedom">Degrees of freedom of that (Satterthwaite 1946).</param>
internal sealed record MeanRise(string Objective, int Eras, double Rise, double Luck, double Noise, double Freedom)
{
    /// <summary>By objective, in the order in which they come.</summary>
    public static IEnumerable<MeanRise> ByObjective(IEnumerable<EraComparison> comparisons) =>
        comparisons.GroupBy(comparison => comparison.Now.Objective).Select(own => Of(own.Key, [.. own]));

    /// <summary>What chance is granted where it may err so often.</summary>
    public double Chance(double rate) => StudentT.QuantileAbove(rate, Freedom) * Noise;

    private static MeanRise Of(string objective, EraComparison[] own)
    {
        double all = own.Sum(comparison => (double)comparison.Now.Count);
        double rise = 0, luck = 0, variance = 0, uncertainty = 0;
        foreach (EraComparison comparison in own)
        {
            double weight = all > 0 ? comparison.Now.Count / all : 1.0 / own.Length;
            double part = Math.Pow(weight * comparison.NoiseBesideLuck, 2);
            rise += weight * comparison.Rise;
            luck += weight * comparison.Luck;
            variance += part;
            uncertainty += part * part / comparison.Freedom;
        }

        return new MeanRise(objective, own.Length, rise, luck, Math.Sqrt(variance), uncertainty > 0 ? variance * variance / uncertainty : double.PositiveInfinity);
    }
}
