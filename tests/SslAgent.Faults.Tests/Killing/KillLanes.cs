using System.Collections.Concurrent;
using System.Diagnostics;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>Runs chains side by side, proves each state directory when its life is over, and keeps count.</summary>
/// <param name="expected">Versions of an unkilled run over the same stream; null where two runs over it need not be the same.</param>
internal sealed class KillLanes(IReadOnlyDictionary<int, string>? expected, ITestOutputHelper output)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _killedAt = new(StringComparer.Ordinal);

    /// <summary>Chains at a time. One process starts while another one waits for its disk.</summary>
    public int Lanes { get; init; } = 2;

    /// <summary>Names that were killed at in any chain that has ended.</summary>
    public IReadOnlySet<string> KilledAt
    {
        get
        {
            lock (_lock) return _killedAt.ToHashSet(StringComparer.Ordinal);
        }
    }

    public int Kills { get; private set; }

    public int Restarts { get; private set; }

    public int Compared { get; private set; }

    public Task RunAsync(IEnumerable<KillChain> chains)
    {
        var waiting = new ConcurrentQueue<KillChain>(chains);
        return Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => Task.Run(async () =>
        {
            while (waiting.TryDequeue(out KillChain? chain)) await RunAsync(chain);
        })));
    }

    public async Task RunAsync(KillChain chain)
    {
        await chain.RunAsync();
        long began = Stopwatch.GetTimestamp();
        var proof = new StateProof(chain);
        await proof.CheckAsync(expected);
        lock (_lock)
        {
            _killedAt.UnionWith(chain.KilledAt);
            (Kills, Restarts, Compared) = (Kills + chain.KillsDone, Restarts + chain.Restarts, Compared + proof.Compared);
            output.WriteLine(
                $"{chain.Name}: {chain.KillsDone} kills, {chain.Restarts} restarts in {chain.Elapsed.TotalSeconds:F1} s, " +
                $"{proof.Compared} digests in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        }

        Directory.Delete(chain.Directory, recursive: true);
    }

    public void Report(Figures figures)
    {
        figures.Add("kills", Kills);
        figures.Add("restarts", Restarts);
        figures.Add("digests compared", Compared);
    }
}
