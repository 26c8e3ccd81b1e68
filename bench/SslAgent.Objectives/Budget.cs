namespace SslAgent.Objectives;

/// <summary>What each method gets: it is measured once it has seen so many samples (pictures, lines, pairs, frames of windows), and once it has trained for so long.</summary>
/// <param name="TrainMax">Samples to learn from at most: the first pictures of a set, log lines thinned evenly.</param>
/// <param name="TestMax">Samples to ask about at most.</param>
internal sealed record Budget(long Samples, double Seconds, int TrainMax, int TestMax)
{
    public const int BatchSize = 64;

    /// <summary>Two to three passes over 5,000 pictures, and a minute.</summary>
    public static Budget Whole { get; } = new(12_000, 60, 50_000, 10_000);

    /// <summary>Shows that everything works; too short to judge a method by.</summary>
    public static Budget Quick { get; } = new(128, 0.1, 120, 40);

    /// <summary>Threads of a step; 0 for as many as there are cores. For a step or two there is nothing to gain from several, and on a busy machine they wait for each other.</summary>
    public int ThreadsOfStep() => Samples <= Quick.Samples ? 1 : 0;
}
