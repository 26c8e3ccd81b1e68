namespace SslAgent.Guarding;

/// <summary>
/// The normal distribution's quantile (Wichura 1988, algorithm AS 241, PPND16; relative error about 1e-16), and rates shared among
/// comparisons.
/// </summary>
internal static class Normal
{
    private const double CentralHalfWidth = 0.425;
    private const double NearTail = 5;

    private static readonly double[] CentralTop =
    [
        3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
        45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
    ];

    private static readonly double[] CentralBottom =
    [
        1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
        21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
    ];

    private static readonly double[] NearTop =
    [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.7454501427834140764e-4,
    ];

    private static readonly double[] NearBottom =
    [
        1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
        0.148103976427480074590, 0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
    ];

    private static readonly double[] FarTop =
    [
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
        0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ];

    private static readonly double[] FarBottom =
    [
        1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ];

    /// <summary>
    /// The rate for each of <paramref name="comparisons"/> independent ones such that together they err at <paramref name="rate"/> (Sidak
    /// 1967).
    /// </summary>
    public static double SharedRate(double rate, int comparisons) =>
        comparisons <= 1 ? rate : -Expm1(Math.Log(1 - rate) / comparisons);

    /// <summary>The value that a standard normal exceeds with this probability.</summary>
    public static double QuantileAbove(double probability)
    {
        double fromMiddle = 0.5 - probability;
        if (Math.Abs(fromMiddle) <= CentralHalfWidth)
        {
            double central = CentralHalfWidth * CentralHalfWidth - fromMiddle * fromMiddle;
            return fromMiddle * Ratio(CentralTop, CentralBottom, central);
        }
        double tail = Math.Sqrt(-Math.Log(Math.Min(probability, 1 - probability)));
        double magnitude = tail <= NearTail ? Ratio(NearTop, NearBottom, tail - 1.6) : Ratio(FarTop, FarBottom, tail - NearTail);
        return Math.CopySign(magnitude, fromMiddle);
    }

    /// <summary>About how far the largest of so many standard normal numbers lies out on average (Blom 1958).</summary>
    public static double LargestOf(int count) => QuantileAbove(0.625 / (count + 0.25));

    /// <summary>About the variance of that largest one: a fit to the tables of order statistics, good to some hundredths.</summary>
    public static double LargestVarianceOf(int count)
    {
        double largest = LargestOf(count);
        return 1 / (1 + 0.5 * largest + 0.48 * largest * largest);
    }

    private static double Ratio(double[] top, double[] bottom, double at) => Polynomial(top, at) / Polynomial(bottom, at);

    private static double Polynomial(double[] coefficients, double at)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--) sum = sum * at + coefficients[i];
        return sum;
    }

    /// <summary>exp(x) - 1 without loss near zero, by its series.</summary>
    private static double Expm1(double x) =>
        Math.Abs(x) > 1e-5 ? Math.Exp(x) - 1 : x + x * x / 2 + x * x * x / 6;
}
