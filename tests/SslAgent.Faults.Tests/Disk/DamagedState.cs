using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>
/// A real state directory with every kind of decision in it (a tokenizer, cycles, a rollback), and copies of it to be damaged. The topic has more for
/// a copy to learn from.
/// </summary>
public class DamagedState : IAsyncLifetime
{
    /// <summary>Versions in it: two cycles' and the rollback to the first.</summary>
    public const int Versions = 3;

    /// <summary>Its decisions: tokenizer, two cycles with beginning and end, rollback.</summary>
    public const int Decisions = 6;

    private readonly Bench _bench = new();

    internal Bench Bench => _bench;

    public async ValueTask InitializeAsync()
    {
        var observer = new RecordingObserver();
        await _bench.SendAsync(400);
        Agent agent = await _bench.StartAsync(_bench.Settings(), observer);
        await observer.NextVersionAsync(_bench.Limit);
        await observer.NextVersionAsync(_bench.Limit);
        if (MessagesSince > 0)
        {
            await _bench.SendAsync(MessagesSince);
            await observer.CountsAsync(_ => agent.Status().Partitions is [{ } partition] && partition.NextOffset >= 400 + MessagesSince, _bench.Limit);
        }

        await agent.RollbackAsync(Rollback(agent.Versions()[^1]), _bench.Limit);
        await agent.StopAsync();
        await _bench.SendAsync(300);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _bench.DisposeAsync();
    }

    /// <summary>Messages that come behind the last cycle and before the order.</summary>
    internal virtual int MessagesSince => 0;

    /// <summary>What is ordered at the end, to the first version.</summary>
    internal virtual RollbackRequest Rollback(VersionManifest first) => new(first.Version, ReplayRollback.Keep, "a test", [], DryRun: false);

    /// <summary>A copy under its own name.</summary>
    internal AgentSettings Copy(string name)
    {
        AgentSettings settings = _bench.Settings(name);
        string from = _bench.Settings().Agent.StateDirectory;
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(settings.Agent.StateDirectory, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return settings;
    }

    /// <summary>Flips one bit of a version's weights.</summary>
    internal static void FlipBitOfVersion(AgentSettings settings, ModelVersion version)
    {
        string model = Path.Combine(settings.Agent.StateDirectory, "versions", $"v{version.Number:D6}", "model.safetensors");
        byte[] bytes = File.ReadAllBytes(model);
        bytes[^1] ^= 1;
        File.WriteAllBytes(model, bytes);
    }

    /// <summary>Flips one bit in the payload of a record, counted from 0, of the first segment of a log.</summary>
    internal static void FlipBit(AgentSettings settings, string log, int record)
    {
        string path = Directory.GetFiles(Path.Combine(settings.Agent.StateDirectory, "journal"), $"{log}-*.seg").Order(StringComparer.Ordinal).First();
        byte[] bytes = File.ReadAllBytes(path);
        List<int> starts = [];
        for (int at = 0; (at = bytes.AsSpan(at).IndexOf("SLR1"u8) is >= 0 and int found ? at + found : -1) >= 0; at++) starts.Add(at);
        int end = record + 1 < starts.Count ? starts[record + 1] : bytes.Length;
        bytes[end - 1] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    }
}
