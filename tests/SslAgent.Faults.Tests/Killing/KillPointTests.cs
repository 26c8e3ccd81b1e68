using SslAgent.Faults.Victim;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>
/// The real process, killed by SIGKILL before and after each step that makes something durable, and halfway through each write. A recording run names
/// the points; every one of them must then be killed at, or the suite has failed.
/// </summary>
public sealed class KillPointTests(ITestOutputHelper output)
{
    private const int Messages = 400, Lanes = 2, RoundsMax = 4, ChainPoints = 24, PassingMax = 6;

    [Fact]
    public async Task Recording()
    {
        using var bench = new FaultBench(Messages);
        IReadOnlyDictionary<int, string> expected = await Fold.OverStreamAsync(bench, "reference");
        output.WriteLine($"{expected.Count} versions: {string.Join(" ", expected)}");
        var chain = new KillChain(bench, "recording") { Version = expected.Keys.Max(), Stops = Stops };
        await chain.RunAsync();
        output.WriteLine($"{chain.Elapsed} {chain.Restarts} restarts");
        foreach ((string name, int count) in chain.Passed.OrderBy(p => p.Key)) output.WriteLine($"{count} {name}");
        var proof = new StateProof(bench, chain);
        await proof.CheckAsync(expected);
    }

    /// <summary>Cut off by a shutdown in the middle of a cycle, several times: each leaves a resume point.</summary>
    private static KillPoint[] Stops => [new("at step taken", 2), new("at step taken", 7), new("at step taken", 13)];
}
