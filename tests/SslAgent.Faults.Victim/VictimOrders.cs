using System.Text.Json;

namespace SslAgent.Faults.Victim;

/// <summary>A place on the agent's way, and which passing of it is meant, counted over all processes on one state directory.</summary>
internal sealed record KillPoint(string Name, int Passing);

/// <summary>When the process has done what it was started for: it then asks itself to stop, as an operator would.</summary>
/// <param name="Version">A version of at least this number is published.</param>
/// <param name="Messages">So many are in the journal, over all partitions.</param>
internal sealed record Goal(int Version, long Messages);

/// <summary>Times of a cycle that are shorter than a configuration may have them: a test does not wait for minutes.</summary>
/// <param name="Max">Its time budget; null for none.</param>
internal sealed record CycleTimes(TimeSpan ResumePointInterval, TimeSpan? Max);

/// <summary>What a test wants of one process: written as a file, whose path is the program's only argument.</summary>
internal sealed record VictimOrders
{
    /// <summary>The agent's configuration, as <c>sslagent run --config</c> takes it.</summary>
    public required string Config { get; init; }

    /// <summary>Where every passed point is noted, one line each; appended to by all processes on one state directory.</summary>
    public required string Log { get; init; }

    /// <summary>Where journal segments are kept that the agent deletes or rewrites, so that a test can fold all of it.</summary>
    public required string Archive { get; init; }

    /// <summary>Where the process ends by SIGKILL; each only once in a state directory's life.</summary>
    public IReadOnlyList<KillPoint> Kills { get; init; } = [];

    /// <summary>Names that are known; null: none is killed at for being new.</summary>
    public IReadOnlyList<string>? Known { get; init; }

    /// <summary>Where the process sends itself SIGTERM and waits in place until the agent is stopping.</summary>
    public IReadOnlyList<KillPoint> Stops { get; init; } = [];

    /// <summary>Once a version of this number is published, the oldest version that can be trained on is gone back to. 0: never.</summary>
    public int RollBackAfter { get; init; }

    /// <summary>What an operator orders on the way, one after the other; the goal is not reached before all are done.</summary>
    public IReadOnlyList<GivenOrder> Given { get; init; } = [];

    /// <summary>Null: as configured.</summary>
    public CycleTimes? Times { get; init; }

    public required Goal Goal { get; init; }

    public static VictimOrders Read(string path) =>
        JsonSerializer.Deserialize<VictimOrders>(File.ReadAllText(path)) ?? throw new InvalidDataException($"{path} holds no orders");

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this));
}
