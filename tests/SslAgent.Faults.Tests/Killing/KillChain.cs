using System.Diagnostics;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Faults.Victim;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>
/// One state directory's life: processes that end by SIGKILL at their points, or at the hand of somebody outside, each followed by the next, until one
/// of them reaches the goal and stops in peace.
/// </summary>
internal sealed class KillChain(FaultBench bench, string state)
{
    /// <summary>Longest that one process may take.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(4);

    public string Name => state;

    public FaultBench Bench => bench;

    public AgentSettings Settings { get; init; } = bench.Settings(state);

    public IReadOnlyList<KillPoint> Kills { get; init; } = [];

    /// <summary>Names that need no kill for being new; null: none does. Asked when the chain begins.</summary>
    public Func<IReadOnlyList<string>>? Known { get; init; }

    public IReadOnlyList<KillPoint> Stops { get; init; } = [];

    public int RollBackAfter { get; init; }

    /// <summary>Null: as the settings have them.</summary>
    public CycleTimes? Times { get; init; }

    /// <summary>What an operator orders on the way.</summary>
    public IReadOnlyList<GivenOrder> Given { get; init; } = [];

    /// <summary>The version to arrive at.</summary>
    public required int Version { get; init; }

    /// <summary>Kills from outside: gets each process as it starts; null leaves it alone.</summary>
    public Func<VictimRun, CancellationToken, Task>? Assassin { get; init; }

    /// <summary>Raised once its life is over, before anything is cleared away.</summary>
    public event Action? Ended;

    public string Directory => Path.Combine(bench.Root, state);

    public string Archive => Path.Combine(Directory, "archive");

    public string Log => Path.Combine(Directory, "points.log");

    public int KillsDone { get; private set; }

    public int Restarts { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>Names that were killed at, in order.</summary>
    public IReadOnlyList<string> KilledAt => [.. Entries(PointLog.Killed)];

    /// <summary>Names that were passed, each with how often.</summary>
    public IReadOnlyDictionary<string, int> Passed => Entries(PointLog.Passed).CountBy(name => name).ToDictionary();

    public IEnumerable<string> Entries(string what) => PointLog.Read(Log).Where(entry => entry.What == what).Select(entry => entry.Detail);

    /// <summary>All records of the journal that are there now: every decision is, old samples may be retired.</summary>
    public IReadOnlyList<JournalRecord> Journal() => JournalOracle.Read(new StateDirectory(Settings.Agent.StateDirectory).Journal);

    public async Task RunAsync()
    {
        System.IO.Directory.CreateDirectory(Directory);
        string config = Path.Combine(Directory, "agent.json");
        await File.WriteAllTextAsync(config, new SettingsPrinter(new LayeredValues([]), withOrigins: false).Print(Settings));
        var orders = new VictimOrders
        {
            Config = config, Log = Log, Archive = Archive, Kills = Kills, Known = Known?.Invoke(), Stops = Stops, RollBackAfter = RollBackAfter,
            Given = Given, Times = Times,
            Goal = new Goal(Version, bench.Messages),
        };
        long began = Stopwatch.GetTimestamp();
        while (!await LiveAsync(orders)) Restarts++;
        Elapsed = Stopwatch.GetElapsedTime(began);
        Ended?.Invoke();
    }

    private string Tail() => string.Join(", ", PointLog.Read(Log).TakeLast(40).Select(entry => $"{entry.What} {entry.Detail}"));

    /// <summary>What the process answers of itself, where it still does.</summary>
    private static async Task<string> StatusAsync(string config)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        using StringWriter output = new(), error = new();
        await CommandLine.RunAsync(["status", "--config", config, "-o", "json"], output, error, limit.Token);
        return $"status: {output} {error}";
    }

    /// <summary>One process; true where it was the last.</summary>
    private async Task<bool> LiveAsync(VictimOrders orders)
    {
        using CancellationTokenSource limit = new(RunMax);
        int killedBefore = KilledAt.Count, stoppedBefore = Entries(PointLog.Stopped).Count();
        await using var run = new VictimRun(orders, Path.Combine(Directory, "orders.json"));
        if (Assassin is not null) await Assassin(run, limit.Token);
        VictimExit exit = await run.ExitAsync(limit.Token)
            ?? throw new TimeoutException($"{state}: the process did not end in time. It passed {Tail()} and said {run.Output}; {await StatusAsync(orders.Config)}");
        int killed = KilledAt.Count - killedBefore;
        if (exit.WasKilled)
        {
            Assert.True(killed == 1 || Assassin is not null, $"{state}: somebody else killed it: {exit.Output}");
            KillsDone++;
            return false;
        }

        Assert.True(exit.Code == 0 && killed == 0, $"{state}: ended with {exit.Code} after {KillsDone} kills (at {string.Join(", ", KilledAt)}): {exit.Output}");
        if (Entries(PointLog.Reached).Any()) return true;
        Assert.True(Entries(PointLog.Stopped).Count() > stoppedBefore, $"{state}: it stopped, and nobody asked it to: {exit.Output}");
        return false;
    }
}
