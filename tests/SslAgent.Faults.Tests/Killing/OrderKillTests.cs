using System.Diagnostics;
using SslAgent.Configuration;
using SslAgent.Faults.Victim;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>
/// The real process, killed at each step of what an operator orders on the way: to accept a held version, a rollback, a rewind with a denied stretch, a forgetting, a check
/// of all stored bytes. An order that the journal has is finished by the next start, one that it has not is given again; either way the journal has it once, the weights
/// are those of an unkilled fold, and what was to be forgotten is gone.
/// </summary>
[Collection(ProcessCollection.Name)]
public sealed class OrderKillTests(KillReference reference, ITestOutputHelper output)
{
    private const int Version = 7, Horizon = 5;

    private static readonly GivenOrder[] Orders =
    [
        new(OrderKind.Accept, After: 2), new(OrderKind.DropSince, After: 3), new(OrderKind.Rewind, After: 4), new(OrderKind.Forget, After: 6),
        new(OrderKind.Scrub, After: 7),
    ];

    [Fact]
    public async Task Killed_at_every_step_of_an_order_it_carries_the_order_out_once_or_not_at_all()
    {
        long began = Stopwatch.GetTimestamp();
        output.WriteLine($"seed {Torture.Seed}");
        var lanes = new KillLanes(reference.Expected, output);
        KillChain recording = Ordered("recording-orders");
        IReadOnlyDictionary<string, int> passed = new Dictionary<string, int>();
        string[] way = [];
        recording.Ended += () => (passed, way) = (recording.Passed, [.. recording.Entries(PointLog.Passed)]);
        await lanes.RunAsync(recording);

        Dictionary<string, int> points = passed.Where(point => Orders.Any(order => point.Key.StartsWith(order.Name + ": ", StringComparison.Ordinal))).ToDictionary();
        Assert.All(
            [
                "accept: before rename versions/SERVING", "rollback: before link versions/new/model.safetensors", "rewind: halfway write journal/decisions", "forget: before rename versions/HEAD",
                "scrub: read versions/v/model.safetensors", "scrub: read journal/samples",
            ],
            step => Assert.Contains(step, points.Keys));
        // Segments are rewritten in the course of a forgetting: by it, or, where that comes first, by what retires the journal behind its version on another thread.
        Assert.Contains(
            way[Array.FindIndex(way, IsForgetting)..Array.FindLastIndex(way, IsForgetting)], point => point.EndsWith("before rename journal/samples", StringComparison.Ordinal));
        // What is met only after a kill, and is no order's, the suite of named points meets as well.
        Func<IReadOnlyList<string>>? known = Torture.IsOn ? () => [.. passed.Keys, .. lanes.KilledAt] : null;
        await new KillRounds(lanes, Torture.Seed).KillAtAllAsync(points, "kill-orders", (name, _, kills) => Ordered(name, kills, known));

        output.WriteLine($"met only after a kill: {string.Join(", ", lanes.KilledAt.Except(passed.Keys).Order(StringComparer.Ordinal))}");
        var figures = new Figures(Torture.IsOn ? "kill points of orders, one at a time" : "kill points of orders", output);
        figures.Add("points", lanes.KilledAt.Count);
        lanes.Report(figures);
        figures.Add("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds);
        figures.Add("seed", Torture.Seed);
    }

    private static bool IsForgetting(string point) => point.StartsWith("forget: ", StringComparison.Ordinal);

    private KillChain Ordered(string name, IReadOnlyList<KillPoint>? kills = null, Func<IReadOnlyList<string>>? known = null)
    {
        // What is gone back to must be there, and the journal since; and there must be something to accept.
        AgentSettings kept = reference.Bench.Settings(name);
        kept = kept with { Checkpoints = kept.Checkpoints with { KeepLast = 100, KeepTrainingState = 100 }, Audit = new() { Horizon = Horizon }, Guard = Demanding.HoldsAll };
        return new KillChain(reference.Bench, name) { Settings = kept, Version = Version, Given = Orders, Kills = kills ?? [], Known = known };
    }
}
