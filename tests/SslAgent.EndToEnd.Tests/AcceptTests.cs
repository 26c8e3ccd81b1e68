using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Auditing;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.EndToEnd.Tests;

/// <summary>A person finds a version well that the guard held.</summary>
public sealed class AcceptTests
{
    private static RollbackRequest Accept(int version, bool dryRun = false) =>
        new(new ModelVersion(version), ReplayRollback.Keep, "a new camera, it learns well", [], dryRun) { Accept = true };

    [Fact]
    public async Task It_is_served_and_is_what_later_versions_are_held_against_and_going_back_to_it_undoes_that()
    {
        await using var bench = new Bench();
        AgentSettings settings = Settings(bench);
        var observer = new RecordingObserver();
        (Agent agent, VersionManifest[] versions) = await HeldAsync(bench, settings, observer);
        VersionManifest held = versions[^1];

        RollbackEffect preview = await agent.RollbackAsync(Accept(4, dryRun: true), bench.Limit);
        Assert.Contains($"it was held by {held.Verdict.Reasons[0]}", preview.Summary, StringComparison.Ordinal);
        Assert.Contains("served instead of v1", preview.Summary, StringComparison.Ordinal);
        Assert.Equal(new ModelVersion(1), agent.Status().Serving);
        RollbackEffect effect = await agent.RollbackAsync(Accept(4), bench.Limit);
        VersionManifest accepted = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(5), 0L), (effect.Published, effect.SamplesDropped));
        Assert.Equal((VersionKind.Accept, VerdictKind.Promote, held.WeightsDigest, held.Version), (accepted.Kind, accepted.Verdict.Kind, accepted.WeightsDigest, accepted.RolledBackTo!.Value));
        Assert.Equal(held.Verdict.Reasons, accepted.Verdict.Reasons);
        AgentStatus status = agent.Status();
        Assert.Equal((accepted.Version, accepted.Version), (status.Head, status.Serving));
        Assert.Null(status.Course.Holds);
        Assert.DoesNotContain(status.Problems, problem => problem.Contains("were held", StringComparison.Ordinal));

        await bench.SendAsync(150);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(6), accepted.Version), (next.Version, next.Parent));
        await agent.StopAsync();
        EraBook book = BookOf(settings, accepted.Version);
        Assert.Equal(1, book.Promotions);
        Assert.Equal(accepted.Probe.Eras.Select(era => (era.Era, era.Objective, era.Loss)).Order(), book.Eras.Select(era => (era.Era, era.Objective, era.Loss)).Order());
        Assert.All(book.Eras, era => Assert.Equal(accepted.Version, era.Version));
        Assert.All(BookOf(settings, next.Version).Eras, era => Assert.True(era.Version >= accepted.Version, $"era {era.Era} is held against {era.Version}"));

        using (OfflineOrders offline = OfflineOrders.Open(settings, "a test", TimeProvider.System, NullLogger.Instance, bench.Limit))
        {
            RollbackEffect undone = offline.RollBack(Accept(4) with { Accept = false });
            Assert.Contains("v1, the last promoted one of its line, is served (sslagent checkpoints accept v4 serves it)", undone.Summary, StringComparison.Ordinal);
        }

        agent = await bench.StartAsync(settings, observer);
        Assert.Equal((new ModelVersion(7), new ModelVersion(1)), (agent.Status().Head, agent.Status().Serving));
    }

    [Fact]
    public async Task It_is_made_anew_from_the_journal_like_any_other_version()
    {
        await using var bench = new Bench();
        AgentSettings settings = Settings(bench);
        var observer = new RecordingObserver();
        (Agent agent, _) = await HeldAsync(bench, settings, observer);
        await agent.StopAsync();
        using (OfflineOrders offline = OfflineOrders.Open(settings, "a test", TimeProvider.System, NullLogger.Instance, bench.Limit)) offline.RollBack(Accept(4));
        AuditedVersion audited = Assert.Single(await AuditAsync(settings, new ModelVersion(5), bench.Limit));
        Assert.True(audited is { Outcome: AuditOutcome.Equal, Kind: VersionKind.Accept }, string.Join("; ", audited.Reasons));
        agent = await bench.StartAsync(settings, observer);
        VersionManifest[] before = [.. agent.Versions()];
        Assert.Equal((VersionKind.Accept, before[0].Version), (before[0].Kind, agent.Status().Serving));
        await agent.StopAsync();
        string book = EraBookText(settings, before[0].Version);

        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);
        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        for (int i = 0; i < before.Length; i++) await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(before.Select(Described), agent.Versions().Select(Described));
        Assert.Equal(before[0].Version, agent.Status().Serving);
        await agent.StopAsync();
        Assert.Equal(book, EraBookText(settings, before[0].Version));

        static (ModelVersion, ModelVersion?, VersionKind, VerdictKind, string) Described(VersionManifest version) =>
            (version.Version, version.Parent, version.Kind, version.Verdict.Kind, version.WeightsDigest);
    }

    [Fact]
    public async Task A_verdict_or_a_book_that_somebody_exchanged_with_all_sums_set_right_is_found()
    {
        await using var bench = new Bench();
        AgentSettings settings = Settings(bench);
        (Agent agent, _) = await HeldAsync(bench, settings, new RecordingObserver());
        await agent.StopAsync();
        using (OfflineOrders offline = OfflineOrders.Open(settings, "a test", TimeProvider.System, NullLogger.Instance, bench.Limit)) offline.RollBack(Accept(4));
        string accepted = FolderOf(settings, new ModelVersion(5));
        byte[] manifest = await File.ReadAllBytesAsync(Path.Combine(accepted, "manifest.json"), bench.Limit);
        Assert.Equal(2, JsonNode.Parse(manifest)!["format"]!.GetValue<int>()); // Earlier programs are to refuse it, not to take it for damaged.

        Forgery.ChangeManifest(accepted, forged => forged["verdict"]!["kind"] = "hold");
        await AssertDiffersAsync("kind and verdict: Accept and Hold, and by the journal it is Accept and Promote");
        Forgery.ChangeManifest(accepted, forged => forged["verdict"]!["kind"] = "promote");
        Forgery.ChangeBook(accepted);
        await AssertDiffersAsync("guard.json: its content is not what was measured of v4");

        async Task AssertDiffersAsync(string reason)
        {
            AuditedVersion audited = Assert.Single(await AuditAsync(settings, new ModelVersion(5), bench.Limit));
            Assert.Equal(AuditOutcome.Differs, audited.Outcome);
            Assert.Contains(reason, Assert.Single(audited.Reasons), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_order_that_is_called_off_before_it_is_decided_leaves_nothing()
    {
        await using var bench = new Bench();
        AgentSettings settings = Settings(bench);
        (Agent agent, _) = await HeldAsync(bench, settings, new RecordingObserver());
        await agent.StopAsync();
        using (OfflineOrders offline = OfflineOrders.Open(settings, "a test", TimeProvider.System, NullLogger.Instance, new CancellationToken(canceled: true)))
        {
            Assert.Throws<OperationCanceledException>(() => offline.RollBack(Accept(4)));
            Assert.False(offline.HasDecided);
        }

        using (OfflineOrders offline = OfflineOrders.Open(settings, "a test", TimeProvider.System, NullLogger.Instance, bench.Limit))
        {
            Assert.Equal(new ModelVersion(5), offline.RollBack(Accept(4)).Published);
            Assert.True(offline.HasDecided);
        }
    }

    [Fact]
    public async Task What_was_promoted_or_is_to_change_the_buffer_too_is_refused()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        (Agent agent, _) = await HeldAsync(bench, Settings(bench), observer);
        Assert.Contains("v1 was promoted", await RefusalAsync(Accept(1)), StringComparison.Ordinal);
        Assert.Contains("the replay buffer", await RefusalAsync(Accept(4) with { Replay = ReplayRollback.DropSince }), StringComparison.Ordinal);
        Assert.Contains("needs a reason", await RefusalAsync(Accept(4) with { Reason = "" }), StringComparison.Ordinal);
        Assert.Equal(new ModelVersion(4), agent.Status().Head);

        async Task<string> RefusalAsync(RollbackRequest request) =>
            (await Assert.ThrowsAsync<ControlRefusedException>(() => agent.RollbackAsync(request, bench.Limit))).Message;
    }

    /// <summary>Every version but the first is held.</summary>
    private static AgentSettings Settings(Bench bench)
    {
        AgentSettings settings = bench.Settings() with { Guard = Demanding.HoldsAll };
        return settings with { Cycle = settings.Cycle with { SamplesTrigger = 100 } };
    }

    private static async Task<(Agent, VersionManifest[])> HeldAsync(Bench bench, AgentSettings settings, RecordingObserver observer)
    {
        await bench.SendAsync(560);
        Agent agent = await bench.StartAsync(settings, observer);
        List<VersionManifest> versions = [];
        while (versions.Count < 4) versions.Add(await observer.NextVersionAsync(bench.Limit));
        Assert.Equal([VerdictKind.Promote, VerdictKind.Hold, VerdictKind.Hold, VerdictKind.Hold], versions.Select(version => version.Verdict.Kind));
        return (agent, [.. versions]);
    }

    private static async Task<IReadOnlyList<AuditedVersion>> AuditAsync(AgentSettings settings, ModelVersion version, CancellationToken limit) =>
        (await new Audit(settings, new UnwritableDisk(), TimeProvider.System, _ => { }).RunAsync(new AuditRange(version, version), limit)).Versions;

    private static EraBook BookOf(AgentSettings settings, ModelVersion version) => EraBookJson.Read(System.Text.Encoding.UTF8.GetBytes(EraBookText(settings, version)));

    private static string EraBookText(AgentSettings settings, ModelVersion version) =>
        File.ReadAllText(Path.Combine(FolderOf(settings, version), EraBookJson.FileName));

    private static string FolderOf(AgentSettings settings, ModelVersion version) => Path.Combine(settings.Agent.StateDirectory, "versions", $"v{version.Number:000000}");
}
