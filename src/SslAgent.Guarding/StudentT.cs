namespace SslAgent.Guarding;

/// <summary>
/// Student's t: how far a mean may lie out when its standard deviation was itself measured, on few values. The tail by the incomplete beta
/// function (its continued fraction, DLMF 8.17.22, by Lentz's method), the quantile by bisection; relative error about 1e-9.
/// </summary>
internal static class StudentT
{
    /// <summary>From here on the normal distribution is as good.</summary>
    private const double FreedomMax = 1e6;

    private const double QuantileMax = 1e9;
    private const int Bisections = 200, FractionTermsMax = 500;

    // Lanczos' approximation of ln Γ, g = 7, nine terms.
    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
        -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>The value that is exceeded with this probability, at most one half.</summary>
    public static double QuantileAbove(double probability, double freedom)
    {
        if (!(freedom < FreedomMax)) return Normal.QuantileAbove(probability);
        double low = 0, high = 1;
        while (TailAbove(high, freedom) > probability && high < QuantileMax) high *= 2;
        for (int i = 0; i < Bisections && high - low > 1e-12 * high; i++)
        {
            double middle = 0.5 * (low + high);
            if (TailAbove(middle, freedom) > probability) low = middle;
            else high = middle;
        }

        return 0.5 * (low + high);
    }

    /// <summary>Probability of exceeding a value that is not negative.</summary>
    public static double TailAbove(double value, double freedom) =>
        0.5 * IncompleteBeta(freedom / (freedom + value * value), 0.5 * freedom, 0.5);

    private static double IncompleteBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        double front = Math.Exp(LnGamma(a + b) - LnGamma(a) - LnGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - front * Fraction(1 - x, b, a) / b;
    }

    private static double Fraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double c = 1, d = Inverse(1 - (a + b) * x / (a + 1)), value = d;
        for (int m = 1; m < FractionTermsMax; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            (c, d) = (Away(1 + even / c), Inverse(1 + even * d));
            value *= c * d;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            (c, d) = (Away(1 + odd / c), Inverse(1 + odd * d));
            value *= c * d;
            if (Math.Abs(c * d - 1) < 1e-14) break;
        }

        return value;

        static double Away(double number) => Math.Abs(number) < tiny ? tiny : number;
        static double Inverse(double number) => 1 / Away(number);
    }

    private static double LnGamma(double x)
    {
        double sum = Lanczos[0];
        for (int i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x - 1 + i);
        double t = x - 1 + 7.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
