using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>What an agent makes of the stream that nothing disturbs: run once, compared with by many.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    public const int Messages = 400, Versions = 2;

    /// <summary>The versions' digests, oldest first.</summary>
    public IReadOnlyList<string> Digests { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        await bench.SendAsync(Messages);
        Agent agent = await bench.StartAsync(bench.Settings(), observer);
        var digests = new List<string>();
        while (digests.Count < Versions) digests.Add((await observer.NextVersionAsync(bench.Limit)).WeightsDigest);
        await agent.StopAsync();
        Digests = digests;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
