using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;

namespace SslAgent.EndToEnd.Tests;

/// <summary>The journal gives disk back, and within the audit horizon that costs nothing: what is lost is derived again, bit for bit.</summary>
public sealed class RetiredHistoryTests
{
    private const int Versions = 6;

    [Fact]
    public async Task Within_the_horizon_lost_versions_are_made_anew_bit_for_bit_though_the_journal_was_retired()
    {
        await using var bench = new Bench();
        AgentSettings settings = Tight(bench.Settings(), horizon: 2);
        string[] before = await LearnAsync(bench, settings);
        Assert.NotEmpty(Retired(settings));
        for (int lost = Versions - 1; lost <= Versions; lost++) Directory.Delete(VersionAt(settings, lost), recursive: true);

        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest fifth = await observer.NextVersionAsync(bench.Limit), sixth = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((before[^2], before[^1]), (fifth.WeightsDigest, sixth.WeightsDigest));
        Assert.Empty(agent.Status().Problems);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Beyond_the_horizon_what_is_lost_is_said_and_learning_goes_on_from_what_is_left()
    {
        await using var bench = new Bench();
        AgentSettings settings = Tight(bench.Settings(), horizon: 1);
        await LearnAsync(bench, settings);
        for (int lost = 3; lost <= Versions; lost++) Directory.Delete(VersionAt(settings, lost), recursive: true);

        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        Assert.Contains(agent.Status().Problems, problem => problem.Contains("training goes on from v2", StringComparison.Ordinal));
        Assert.Equal((new ModelVersion(Versions + 1), new ModelVersion(2)), (agent.Status().Head, agent.Versions()[0].RolledBackTo));
        await bench.SendAsync(200);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        while (next.Kind != VersionKind.Cycle) next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(new ModelVersion(Versions + 1), next.Parent);
        await agent.StopAsync();
    }

    [Fact]
    public async Task With_every_version_and_the_old_journal_gone_training_begins_anew_and_says_so()
    {
        await using var bench = new Bench();
        AgentSettings settings = Tight(bench.Settings(), horizon: 1);
        await LearnAsync(bench, settings);
        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);

        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        Assert.Contains(agent.Status().Problems, problem => problem.Contains("training begins at the first weights", StringComparison.Ordinal));
        await bench.SendAsync(200);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Null(next.Parent);
        Assert.True(next.Version.Number > Versions, next.Version.ToString());
        await agent.StopAsync();
    }

    /// <summary>So small that the journal is retired after a few cycles.</summary>
    private static AgentSettings Tight(AgentSettings settings, int horizon) => settings with
    {
        Replay = settings.Replay with { SegmentBytes = 1 << 16, FramesMax = 20, TextsMax = 20, PairsMax = 20, FreshMax = 60, EraSentinelsMax = 3, ErasMax = 3, LateHalvesMax = 5 },
        Audit = new() { Horizon = horizon },
    };

    private static async Task<string[]> LearnAsync(Bench bench, AgentSettings settings)
    {
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        var digests = new List<string>();
        while (digests.Count < Versions)
        {
            digests.Add((await observer.NextVersionAsync(bench.Limit)).WeightsDigest);
            if (digests.Count % 2 == 0 && digests.Count < Versions) await bench.SendAsync(400);
        }

        await agent.StopAsync();
        return [.. digests];
    }

    private static string VersionAt(AgentSettings settings, int version) => Path.Combine(settings.Agent.StateDirectory, "versions", $"v{version:D6}");

    private static JournalRecord.HistoryRetired[] Retired(AgentSettings settings)
    {
        using Journal journal = Journal.Open(Storage.LocalDisk.Instance, Path.Combine(settings.Agent.StateDirectory, "journal"), settings.Replay, TimeProvider.System);
        return [.. journal.ReadDecisions().Select(decision => decision.Record).OfType<JournalRecord.HistoryRetired>()];
    }
}
