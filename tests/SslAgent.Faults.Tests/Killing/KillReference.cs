namespace SslAgent.Faults.Tests.Killing;

/// <summary>One stream and what an unkilled run makes of it: run once, compared with by all that kill processes.</summary>
public sealed class KillReference : IAsyncLifetime
{
    private const int Messages = 400;

    private readonly FaultBench _bench = new(Messages);
    private IReadOnlyDictionary<int, string> _expected = new Dictionary<int, string>();

    internal FaultBench Bench => _bench;

    /// <summary>Number and digest of each version.</summary>
    internal IReadOnlyDictionary<int, string> Expected => _expected;

    public async ValueTask InitializeAsync() => _expected = await Fold.OverStreamAsync(_bench, "reference");

    public ValueTask DisposeAsync()
    {
        _bench.Dispose();
        return ValueTask.CompletedTask;
    }
}
