using System.Diagnostics;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Faults.Victim;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>
/// The real process, killed by SIGKILL before and after each step that makes something durable, and halfway through each write. A run that is not
/// killed names the points; every one of them must then be killed at, or the suite has failed. Steps that only a recovery takes are met on the way,
/// and killed at as well.
/// </summary>
[Collection(ProcessCollection.Name)]
public sealed class KillPointTests(KillReference reference, ITestOutputHelper output)
{
    private const int RollBackAfter = 2;

    /// <summary>Cut off by a shutdown in the middle of a cycle, again and again: each leaves a resume point, where it is not killed on the way.</summary>
    private static IReadOnlyList<KillPoint> Stops(int count) => [.. Enumerable.Range(0, count).Select(i => new KillPoint("at step taken", 2 + 5 * i))];

    [Fact]
    public async Task Killed_at_every_named_point_it_arrives_at_the_weights_of_an_unkilled_run()
    {
        long began = Stopwatch.GetTimestamp();
        output.WriteLine($"seed {Torture.Seed}");
        FaultBench bench = reference.Bench;
        var lanes = new KillLanes(reference.Expected, output);
        var rounds = new KillRounds(lanes, Torture.Seed);
        int last = reference.Expected.Keys.Max();

        // Without a rollback all versions are those of the unkilled run; with one, those before it.
        IReadOnlyDictionary<string, int> stream = await RecordAsync(lanes, new KillChain(bench, "recording") { Version = last, Stops = Stops(4) });
        IReadOnlyDictionary<string, int> rollback = await RecordAsync(lanes, RollingBack(bench, "recording-rollback"));
        string[] recorded = [.. stream.Keys.Union(rollback.Keys)];
        IReadOnlyDictionary<string, int> onlyRollback = rollback.Where(point => !stream.ContainsKey(point.Key)).ToDictionary();
        Assert.Contains("before link versions/new/model.safetensors", onlyRollback.Keys);
        string[] Known() => [.. recorded, .. lanes.KilledAt];

        await rounds.KillAtAllAsync(Where(stream, isOfResume: false), "kill", (name, round, kills) =>
            // What one life alone did not lead to, lives that follow each other may, as in the recording.
            new KillChain(bench, name) { Version = last, Stops = round == 1 ? [] : Stops(4), Kills = kills, Known = Known });
        await rounds.KillAtAllAsync(Where(stream, isOfResume: true), "kill-resume", (name, _, kills) =>
            new KillChain(bench, name) { Version = last, Stops = Stops(100), Kills = kills, Known = Known });
        await rounds.KillAtAllAsync(onlyRollback, "kill-rollback", (name, _, kills) => RollingBack(bench, name, kills, Known));

        string[] found = [.. lanes.KilledAt.Except(recorded).Order(StringComparer.Ordinal)];
        output.WriteLine($"met only after a kill: {string.Join(", ", found)}");
        output.WriteLine($"left to torture: {string.Join(", ", recorded.Where(name => !KillRounds.IsMeant(name)).Order(StringComparer.Ordinal))}");
        var figures = new Figures(Torture.IsOn ? "named kill points, one at a time" : "named kill points", output);
        figures.Add("points", lanes.KilledAt.Count);
        lanes.Report(figures);
        figures.Add("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds);
        figures.Add("seed", Torture.Seed);
    }

    [Fact]
    public async Task Killed_around_the_record_of_who_is_redundant_it_arrives_at_the_weights_of_an_unkilled_run()
    {
        // Between that record and its cycle's end, before, behind, and halfway through each: every decision of a life's first cycles.
        int passings = Torture.IsOn ? 8 : 4;
        string[] names = ["before write journal/decisions", "halfway write journal/decisions", "after sync journal/decisions", "halfway write versions/new/embeddings.bin"];
        output.WriteLine($"seed {Torture.Seed}");
        (FaultBench bench, IReadOnlyDictionary<int, string> expected) = await reference.OfAsync(ReplayPolicy.Minred);
        JournalRecord[] decisions = [.. JournalOracle.Read(new StateDirectory(bench.Settings("reference").Agent.StateDirectory).Journal)];
        Assert.True(decisions.OfType<JournalRecord.Evicted>().Count() > expected.Count / 2, "there is something to be killed around");
        var lanes = new KillLanes(expected, output);
        await lanes.RunAsync(Enumerable.Range(1, passings).Select(passing => new KillChain(bench, $"kill-redundant-{passing}")
        {
            // A chain is killed at each name once.
            Version = expected.Keys.Max(), Kills = [.. names.Select((name, i) => new KillPoint(name, 1 + ((passing + i) % passings)))],
        }));

        Assert.Subset(lanes.KilledAt.ToHashSet(), names.ToHashSet());
        Assert.True(lanes.Kills >= passings * names.Length / 2, $"{lanes.Kills} kills");
    }

    /// <summary>Points on the way of a resume point, which only a shutdown leads to, and all others.</summary>
    private static Dictionary<string, int> Where(IReadOnlyDictionary<string, int> points, bool isOfResume) =>
        points.Where(point => point.Key.Contains(" resume", StringComparison.Ordinal) == isOfResume).ToDictionary();

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
}
