using System.Globalization;
using SslAgent.Continual.Plotting;

namespace SslAgent.Continual.Reports;

/// <summary>What a target compares with.</summary>
internal enum Against
{
    Iid = 0,
    Naive = 1,
    Random = 2,
    Itself = 3,
}

/// <summary>One claim, measured: a difference of the agent's default, in percent or points, with its 95 % interval, held against a limit.</summary>
/// <param name="MostIsGood">True where the difference should be high: it is met where the interval's low end is above the limit; else where the high end is below it.</param>
internal sealed record Target(Against Against, string Stream, int Share, string Measure, double Value, double Low, double High, double Limit, bool MostIsGood, string Unit)
{
    public bool IsMet => MostIsGood ? Low > Limit : High < Limit;

    /// <summary>How far the end of the interval that counts is from the limit, in the unit; negative where missed.</summary>
    public double Room => MostIsGood ? Low - Limit : Limit - High;

    public string Row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Says} | {Stream} | {Share}% | {Measure} | {Value:+0.00;-0.00;0.00} {Unit} | {Low:+0.00;-0.00;0.00} to {High:+0.00;-0.00;0.00} | ")
        + string.Create(CultureInfo.InvariantCulture, $"{(MostIsGood ? "above" : "below")} {Limit:0.##} | {(IsMet ? "met" : "**missed**")} by {Math.Abs(Room):0.00} |");

    public Bar Bar => new(string.Create(CultureInfo.InvariantCulture, $"{Stream} {Share}% {Measure}"), Value, Low, High, Limit, IsMet);

    private string Says => Against switch
    {
        Against.Iid => "not inferior to i.i.d.",
        Against.Naive => "better than naive",
        Against.Random => "above the random tower",
        _ => "average forgetting",
    };
}
