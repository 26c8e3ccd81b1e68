using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

/// <summary>A state that a real agent made: v1, v2, v3 as the way back to v1, v4 learned from there. Made once for all tests of a class.</summary>
public sealed class AuditedState : IAsyncLifetime
{
    private readonly Bench _bench = new();

    internal AgentSettings Settings { get; private set; } = new();

    public string State => Settings.Agent.StateDirectory;

    public async ValueTask InitializeAsync()
    {
        Settings = KeepAll(_bench.Settings());
        // Small segments, so that there is something to retire.
        Settings = Settings with { Replay = Settings.Replay with { SegmentBytes = 1 << 16 } };
        var observer = new RecordingObserver();
        await _bench.SendAsync(400);
        Agent agent = await _bench.StartAsync(Settings, observer);
        await observer.NextVersionAsync(_bench.Limit);
        await observer.NextVersionAsync(_bench.Limit);
        await agent.RollbackAsync(new RollbackRequest(new ModelVersion(1), ReplayRollback.DropSince, "a test", [], DryRun: false), _bench.Limit);
        await observer.NextVersionAsync(_bench.Limit);
        await _bench.SendAsync(200);
        await observer.NextVersionAsync(_bench.Limit);
        await agent.StopAsync();
        Assert.Equal(4, Directory.GetDirectories(Path.Combine(State, "versions"), "v*").Length);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    /// <summary>So that all that was learned can be derived again.</summary>
    internal static AgentSettings KeepAll(AgentSettings settings) =>
        settings with { Audit = new() { Horizon = 20 }, Checkpoints = settings.Checkpoints with { KeepTrainingState = 20 } };

    public string Copy(string name)
    {
        string copy = Path.Combine(_bench.Root, name);
        foreach (string file in Directory.GetFiles(State, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(State, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (!file.EndsWith(".sock", StringComparison.Ordinal)) File.Copy(file, to);
        }

        return copy;
    }
}
