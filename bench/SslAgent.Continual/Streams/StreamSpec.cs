using SslAgent.Learning.Options;
using SslAgent.Replay;

namespace SslAgent.Continual.Streams;

/// <summary>A stream of the bench, and what is the same for every method on it.</summary>
internal sealed record StreamSpec
{
    public required string Name { get; init; }

    /// <summary>What it is, for a person.</summary>
    public required string Says { get; init; }

    /// <summary>Sets that it reads from the data folder; none where the repository ships all of it.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    public required Func<DataFolders, StreamData> Load { get; init; }

    public required ObjectiveOptions[] Objectives { get; init; }

    /// <summary>Training samples after which a cycle begins.</summary>
    public required int SamplesTrigger { get; init; }

    /// <summary>
    /// Optimizer steps that one thread of the machine of bench/continual/RESULTS.md does in a second: turns the seconds asked for into a number of steps, which is then the
    /// same everywhere.
    /// </summary>
    public required double StepsPerSecond { get; init; }

    /// <summary>Sentinels and eras.</summary>
    public required Func<ReplayOptions, ReplayOptions> Replay { get; init; }

    /// <summary>Sentinels of an era that every version is asked about, at most.</summary>
    public int ProbeSentinelsMax { get; init; } = 32;

    /// <summary>Why it cannot run here, or null.</summary>
    public string? Lacks(DataFolders folders)
    {
        string[] missing = [.. Needs.Where(set => !Directory.Exists(folders.Set(set)))];
        return missing.Length == 0 ? null : $"no {string.Join(" and no ", missing)} in {folders.Data}; --data DIR says where they are";
    }
}
