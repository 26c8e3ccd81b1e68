using System.Diagnostics;
using SslAgent.Configuration;
using SslAgent.Faults.Victim;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>
/// The real process, killed by SIGKILL before and after each step that makes something durable, and halfway through each write. A run that is not
/// killed names the points; every one of them must then be killed at, or the suite has failed. Steps that only a recovery takes are met on the way,
/// and killed at as well.
/// </summary>
[Collection(ProcessCollection.Name)]
public sealed class KillPointTests(ITestOutputHelper output)
{
    private const int Messages = 400, ChainPoints = 24, RoundsMax = 6, PassingMax = 6, RollBackAfter = 2;

    private readonly Random _chance = new(Torture.Seed);

    /// <summary>Cut off by a shutdown in the middle of a cycle, again and again: each leaves a resume point, where it is not killed on the way.</summary>
    private static IReadOnlyList<KillPoint> Stops(int count) => [.. Enumerable.Range(0, count).Select(i => new KillPoint("at step taken", 2 + 5 * i))];

    private static readonly string[] AfterInAnyCase = ["after commit ", "after rename ", "after link ", "after sync directory ", "after sync journal/"];

    [Fact]
    public async Task Killed_at_every_named_point_it_arrives_at_the_weights_of_an_unkilled_run()
    {
        long began = Stopwatch.GetTimestamp();
        output.WriteLine($"seed {Torture.Seed}");
        using var bench = new FaultBench(Messages);
        IReadOnlyDictionary<int, string> expected = await Fold.OverStreamAsync(bench, "reference");
        var lanes = new KillLanes(bench, expected, output);
        int last = expected.Keys.Max();

        // Without a rollback all versions are those of the unkilled run; with one, those before it.
        IReadOnlyDictionary<string, int> stream = await RecordAsync(lanes, new KillChain(bench, "recording") { Version = last, Stops = Stops(4) });
        IReadOnlyDictionary<string, int> rollback = await RecordAsync(lanes, RollingBack(bench, "recording-rollback"));
        string[] recorded = [.. stream.Keys.Union(rollback.Keys)];
        IReadOnlyDictionary<string, int> onlyRollback = rollback.Where(point => !stream.ContainsKey(point.Key)).ToDictionary();
        Assert.Contains("before link versions/new/model.safetensors", onlyRollback.Keys);
        string[] Known() => [.. recorded, .. lanes.KilledAt];

        await KillAtAllAsync(lanes, Where(stream, isOfResume: false), "kill", (name, round, kills) =>
            // What one life alone did not lead to, lives that follow each other may, as in the recording.
            new KillChain(bench, name) { Version = last, Stops = round == 1 ? [] : Stops(4), Kills = kills, Known = Known });
        await KillAtAllAsync(lanes, Where(stream, isOfResume: true), "kill-resume", (name, _, kills) =>
            new KillChain(bench, name) { Version = last, Stops = Stops(100), Kills = kills, Known = Known });
        await KillAtAllAsync(lanes, onlyRollback, "kill-rollback", (name, _, kills) => RollingBack(bench, name, kills, Known));

        string[] found = [.. lanes.KilledAt.Except(recorded).Order(StringComparer.Ordinal)];
        output.WriteLine($"met only after a kill: {string.Join(", ", found)}");
        output.WriteLine($"left to torture: {string.Join(", ", recorded.Where(name => !IsMeant(name)).Order(StringComparer.Ordinal))}");
        var figures = new Figures(Torture.IsOn ? "named kill points, one at a time" : "named kill points", output);
        figures.Add("points", lanes.KilledAt.Count);
        lanes.Report(figures);
        figures.Add("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds);
        figures.Add("seed", Torture.Seed);
    }

    /// <summary>Points on the way of a resume point, which only a shutdown leads to, and all others.</summary>
    private static Dictionary<string, int> Where(IReadOnlyDictionary<string, int> points, bool isOfResume) =>
        points.Where(point => point.Key.Contains(" resume", StringComparison.Ordinal) == isOfResume).ToDictionary();

    /// <summary>What lies between the end of a step and the beginning of the next is one place with two names: torture takes both.</summary>
    private static bool IsMeant(string name) => Torture.IsOn || !name.StartsWith("after ", StringComparison.Ordinal) ||
        AfterInAnyCase.Any(step => name.StartsWith(step, StringComparison.Ordinal));

    private static KillChain RollingBack(FaultBench bench, string name, IReadOnlyList<KillPoint>? kills = null, Func<IReadOnlyList<string>>? known = null)
    {
        // What is gone back to must be there.
        AgentSettings kept = bench.Settings(name);
        kept = kept with { Checkpoints = kept.Checkpoints with { KeepLast = 100, KeepTrainingState = 100 } };
        // Where the order comes late nothing is due any more: its own version is then the last.
        return new KillChain(bench, name) { Settings = kept, Version = RollBackAfter + 1, RollBackAfter = RollBackAfter, Kills = kills ?? [], Known = known };
    }

    private static async Task<IReadOnlyDictionary<string, int>> RecordAsync(KillLanes lanes, KillChain chain)
    {
        IReadOnlyDictionary<string, int> passed = new Dictionary<string, int>();
        chain.Ended += () => passed = chain.Passed;
        await lanes.RunAsync(chain);
        return passed;
    }

    /// <summary>Many points a chain; in torture a chain for each, at its first passing and at a later one. What a chain misses the next round tries again.</summary>
    private async Task KillAtAllAsync(
        KillLanes lanes, IReadOnlyDictionary<string, int> points, string prefix, Func<string, int, IReadOnlyList<KillPoint>, KillChain> chainOf)
    {
        string[] meant = [.. points.Keys.Where(IsMeant)];
        Assert.NotEmpty(meant);
        List<KillPoint> waiting = [.. meant.SelectMany(name => Passings(points[name]).Select(passing => new KillPoint(name, passing)))];
        for (int round = 1; waiting.Count > 0 && round <= RoundsMax; round++)
        {
            int number = 0, at = round;
            await lanes.RunAsync(Shuffled(waiting).Chunk(Torture.IsOn ? 1 : ChainPoints).Select(chunk => chainOf($"{prefix}-{at}-{++number}", at, chunk)).ToList());
            waiting = [.. meant.Except(lanes.KilledAt).Select(name => new KillPoint(name, 1))];
        }

        Assert.True(waiting.Count == 0, $"recorded, and never reached to be killed at: {string.Join(", ", waiting.Select(point => point.Name))}");
    }

    private int[] Passings(int count)
    {
        int later = 1 + _chance.Next(Math.Min(count, PassingMax));
        return Torture.IsOn && later > 1 ? [1, later] : [later];
    }

    private KillPoint[] Shuffled(IEnumerable<KillPoint> points)
    {
        KillPoint[] shuffled = [.. points];
        _chance.Shuffle(shuffled);
        return shuffled;
    }
}
