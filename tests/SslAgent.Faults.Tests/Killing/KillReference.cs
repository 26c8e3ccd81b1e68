using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>One stream and what an unkilled run makes of it: run once, compared with by all that kill processes, one at a time.</summary>
public sealed class KillReference : IAsyncLifetime
{
    private const int Messages = 400;

    private const string Name = "reference";

    private readonly Dictionary<ReplayPolicy, Reference> _references = [];

    internal FaultBench Bench => _references[ReplayPolicy.Reservoir].Bench;

    /// <summary>Number and digest of each version.</summary>
    internal IReadOnlyDictionary<int, string> Expected => _references[ReplayPolicy.Reservoir].Expected;

    /// <summary>The same under another replay policy, made when it is first asked for.</summary>
    internal async Task<Reference> OfAsync(ReplayPolicy policy)
    {
        if (_references.TryGetValue(policy, out Reference? made)) return made;
        var bench = new FaultBench(Messages, policy);
        IReadOnlyDictionary<int, string> expected = await Fold.OverStreamAsync(bench, Name);
        // What all others are compared with is held to the same rules.
        OracleReport report = JournalOracle.Compare(bench.Produced.Messages, new StateDirectory(bench.Settings(Name).Agent.StateDirectory).Journal);
        Assert.True(report.Faults.Count == 0, $"the unkilled run: {report}");
        Assert.Equal(bench.Messages, report.Delivered);
        return _references[policy] = new Reference(bench, expected);
    }

    public async ValueTask InitializeAsync() => await OfAsync(ReplayPolicy.Reservoir);

    public ValueTask DisposeAsync()
    {
        foreach (Reference reference in _references.Values) reference.Bench.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <param name="Expected">Number and digest of each version.</param>
    internal sealed record Reference(FaultBench Bench, IReadOnlyDictionary<int, string> Expected);
}
