using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>A poisoned stretch of stream is un-learned, and a source is forgotten, by a living agent.</summary>
public sealed class UnlearningTests
{
    [Fact]
    public async Task After_a_rewind_with_deny_the_good_part_is_learned_again_and_the_poison_never()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest first = await observer.NextVersionAsync(bench.Limit);
        (long from, long to) = await bench.SendLinesAsync([.. Enumerable.Range(0, 40).Select(i => $"poison {i}")]);
        await bench.SendAsync(300);
        await observer.NextVersionAsync(bench.Limit);
        var order = new RollbackRequest(first.Version, ReplayRollback.Rewind, "poison", [new DeniedRange(bench.Topic, 0, from, to)], DryRun: false);

        RollbackEffect preview = await agent.RollbackAsync(order with { DryRun = true }, bench.Limit);
        Assert.True(preview is { SamplesDropped: > 0 and <= 40, SamplesFresh: > 150, Published: null }, preview.ToString());
        RollbackEffect effect = await agent.RollbackAsync(order, bench.Limit);
        VersionManifest back = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((effect.Published, first.WeightsDigest), (back.Version, back.WeightsDigest));
        // What came since is fresh again: it makes the next cycle due without a message more.
        VersionManifest again = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(back.Version, again.Parent);
        Assert.NotEqual(first.WeightsDigest, again.WeightsDigest);
        await bench.SendAsync(200);
        await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();

        Assert.Contains(Texts(settings, first.Version, live: false), text => text.StartsWith("poison", StringComparison.Ordinal));
        foreach (VersionManifest version in Store(settings).List().Where(manifest => manifest.Version >= back.Version))
            Assert.DoesNotContain(Texts(settings, version.Version, live: true), text => text.StartsWith("poison", StringComparison.Ordinal));

        // The journal alone comes to the same versions, over the rewind.
        string[] digests = Digests(settings);
        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);
        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        for (int i = 0; i < digests.Length; i++) await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();
        Assert.Equal(digests, Digests(settings));
    }

    [Fact]
    public async Task A_stretch_that_the_version_gone_back_to_had_learned_or_that_nobody_read_is_refused_with_what_would_do()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        (Agent started, _) = await StartWithTwoVersionsAsync(bench, bench.Settings(), observer);
        await using Agent agent = started;
        Assert.Contains("go back to v1 or earlier", await RefusalAsync(bench.Topic), StringComparison.Ordinal);
        Assert.Contains($"nothing of {bench.Topic}x/0 is in the journal, so there is nothing to deny; it knows {bench.Topic}/0", await RefusalAsync(bench.Topic + "x"), StringComparison.Ordinal);
        Assert.Equal(new ModelVersion(2), agent.Status().Head);

        async Task<string> RefusalAsync(string topic) => (await Assert.ThrowsAsync<ControlRefusedException>(() => agent.RollbackAsync(
            new RollbackRequest(new ModelVersion(2), ReplayRollback.Rewind, "poison", [new DeniedRange(topic, 0, 210, 220)], DryRun: false), bench.Limit))).Message;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_forgotten_source_is_gone_from_the_disk_and_learning_goes_on(bool isOffline)
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        var observer = new RecordingObserver();
        (Agent agent, VersionManifest second) = await StartWithTwoVersionsAsync(bench, settings, observer);
        var order = new ForgetRequest("host-1", null, "asked to", DryRun: false);
        ForgetEffect effect;
        if (isOffline)
        {
            await agent.StopAsync();
            using OfflineOrders offline = OfflineOrders.Open(settings, "a test", TimeProvider.System, NullLogger.Instance, bench.Limit);
            effect = offline.Forget(order, bench.Limit);
        }
        else
        {
            effect = await agent.ForgetAsync(order, bench.Limit);
            Assert.Equal(effect.Published, (await observer.NextVersionAsync(bench.Limit)).Version);
            await agent.StopAsync();
        }

        Assert.Equal([new ModelVersion(1), new ModelVersion(2)], effect.Learned);
        Assert.Null(effect.Left);
        Assert.True(effect is { SamplesInJournal: > 100, SamplesInUse: > 50 }, effect.ToString());
        VersionManifest published = Store(settings).Read(effect.Published!.Value);
        Assert.Equal((VersionKind.Forget, second.WeightsDigest), (published.Kind, published.WeightsDigest));
        // Log lines came from that source alone; captions are the cameras' and stay.
        foreach (string file in Directory.GetFiles(Path.Combine(settings.Agent.StateDirectory, "journal"), "samples-*.seg"))
            Assert.DoesNotContain("status half-configured", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, bench.Limit)), StringComparison.Ordinal);

        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        await bench.SendAsync(300);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(effect.Published, next.Parent);
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(() => agent.RollbackAsync(
            new RollbackRequest(new ModelVersion(1), ReplayRollback.Rewind, "back", [], DryRun: false), bench.Limit));
        Assert.Contains("does not reach back to v1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_was_reading_when_it_was_to_be_forgotten_goes_before_the_next_cycle()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        (Agent started, _) = await StartWithTwoVersionsAsync(bench, bench.Settings(), observer);
        await using Agent agent = started;
        using (agent.Parts.Ledger.Read(0))
        {
            ForgetEffect effect = await agent.ForgetAsync(new ForgetRequest("host-1", null, "asked to", DryRun: false), bench.Limit);
            Assert.Contains("were being read", effect.Left, StringComparison.Ordinal);
            Assert.Equal(effect.Published, (await observer.NextVersionAsync(bench.Limit)).Version);
            Assert.Single(agent.Parts.Ledger.ErasesOwed());
        }

        await bench.SendAsync(300);
        await observer.NextVersionAsync(bench.Limit);
        Assert.Empty(agent.Parts.Ledger.ErasesOwed());
    }

    private static async Task<(Agent Agent, VersionManifest Second)> StartWithTwoVersionsAsync(Bench bench, AgentSettings settings, RecordingObserver observer)
    {
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        return (agent, await observer.NextVersionAsync(bench.Limit));
    }

    private static VersionStore Store(AgentSettings settings) => VersionStore.Open(
        LocalDisk.Instance, Path.Combine(settings.Agent.StateDirectory, "versions"), StoreAccess.ReadOnly, TimeProvider.System,
        Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private static string[] Digests(AgentSettings settings) =>
        [.. Store(settings).List().OrderBy(manifest => manifest.Version).Select(manifest => $"{manifest.Version} {manifest.WeightsDigest}")];

    /// <summary>Texts in the journal: all of them, or those that a version's replay state may still draw.</summary>
    private static List<string> Texts(AgentSettings settings, ModelVersion version, bool live)
    {
        using IStoredModel stored = Store(settings).Open(version);
        ReplayState state = ReplayState.Load(new MemoryStream(stored.ReadFile("replay.bin")!), settings.Replay, (ulong)settings.Agent.Seed);
        var ids = new HashSet<long>();
        state.CollectLive(ids);
        using Journal journal = Journal.Open(LocalDisk.Instance, Path.Combine(settings.Agent.StateDirectory, "journal"), settings.Replay, TimeProvider.System);
        using JournalCursor cursor = journal.Read(0);
        var texts = new List<string>();
        while (cursor.MoveNext())
        {
            if (cursor.Current.Record is JournalRecord.Admitted { Sample.Text: { } text } && (!live || ids.Contains(cursor.Current.Sequence))) texts.Add(text.ToString());
        }

        return texts;
    }
}
