using System.Globalization;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Objectives;

/// <summary>A number of an objective that its user may set (<c>learning.objectives[…].knobs</c>). Declared where the objective is; immutable.</summary>
/// <param name="Name">As configurations and plans spell it, camel case.</param>
/// <param name="Default">Where nothing is said.</param>
/// <param name="Min">Least that makes sense.</param>
/// <param name="Max">Most that makes sense.</param>
/// <param name="Meaning">What it does, and what more or less of it brings.</param>
/// <param name="Source">Where the default is from.</param>
internal sealed record Knob(string Name, double Default, double Min, double Max, string Meaning, string Source)
{
    /// <summary>Whether it counts something.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The default where it goes by the rest of the plan (a tower's width, another option); else null, and it is <see cref="Default"/>.</summary>
    public Func<LearnerPlan, double>? DefaultOf { get; init; }

    /// <summary>A knob that counts something.</summary>
    public static Knob Count(string name, int least, int usual, int most, string meaning, string source) => new(name, usual, least, most, meaning, source) { IsWhole = true };

    /// <summary>What a slow copy keeps of itself at a step.</summary>
    public static Knob Momentum(double usual, string source) =>
        new("momentum", usual, 0, 0.99999, "what the slow copy keeps of itself at a step: nearer to 1 is slower and steadier", source);

    /// <summary>What cosines are divided by before they are compared.</summary>
    public static Knob Temperature(double usual, string source) =>
        new("temperature", usual, 0.01, 10, "what scores are divided by: less looks at the nearest alone, more at all alike", source);

    /// <summary>Keys of earlier batches that are kept.</summary>
    public static Knob Queue(string source) => Count(
        "queue", 64, Parts.KeyQueue.SlotsMax, 65_536, "projections of earlier batches that are kept, half a kilobyte each in every version; by default 32 for each feature where the tower is narrower than 128", source)
        with
    { DefaultOf = plan => Parts.KeyQueue.SlotsFor(plan.Model.Frame.Width) };

    /// <summary>Why it cannot have this value, or null where it can.</summary>
    public string? Complaint(double value)
    {
        if (!(value >= Min && value <= Max)) return string.Create(CultureInfo.InvariantCulture, $"must lie between {Min} and {Max}: it is {Meaning}");
        return IsWhole && value != Math.Floor(value) ? $"must be a whole number: it is {Meaning}" : null;
    }
}
