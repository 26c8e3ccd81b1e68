namespace SslAgent.Objectives;

/// <summary>What each method gets: it is measured once it has seen so many samples, and once it has trained for so long.</summary>
/// <param name="TrainMax">Training pictures at most, the first of the set.</param>
/// <param name="TestMax">Test pictures at most.</param>
internal sealed record Budget(long Samples, double Seconds, int TrainMax, int TestMax)
{
    public const int BatchSize = 64;

    /// <summary>Twenty passes over 5,000 pictures, and two minutes.</summary>
    public static Budget Whole { get; } = new(100_000, 120, 50_000, 10_000);

    /// <summary>Shows that everything works; too short to judge a method by.</summary>
    public static Budget Quick { get; } = new(640, 2, 500, 200);
}
