using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Auditing;
using SslAgent.Checkpoints;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>
/// <c>sslagent audit</c> over a state that a real agent made: v1, v2, v3 as the way back to v1, v4 learned from there. Each test that tampers does so on a copy.
/// </summary>
public sealed class AuditTests(AuditedState made) : IClassFixture<AuditedState>
{
    private const ushort EvictedKind = 24;

    [Fact]
    public async Task Everything_that_a_run_left_is_derived_again_bit_for_bit_and_nothing_is_written()
    {
        string state = made.Copy("untouched");
        Dictionary<string, string> before = Content(state);
        (int code, JsonElement report, string news) = await AuditAsync(state);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["v1", "v2", "v3", "v4"], Versions(report).Select(version => version.GetProperty("version").GetString()));
        Assert.All(Versions(report), version => Assert.True(Outcome(version) == "equal", version.ToString()));
        Assert.All(Versions(report), version => Assert.Equal(version.GetProperty("recorded").GetString(), version.GetProperty("derived").GetString()));
        Assert.Equal(before, Content(state));
        Assert.Contains("v4: 12 steps from v3", news, StringComparison.Ordinal);
        JsonElement reach = report.GetProperty("reach");
        Assert.Equal(("v1", "v4", 4), (reach.GetProperty("from").GetString(), reach.GetProperty("to").GetString(), reach.GetProperty("versions").GetInt32()));
        Assert.True(reach.GetProperty("trainingBytes").GetInt64() > 100_000 && reach.GetProperty("journalBytes").GetInt64() > 100_000, reach.ToString());
    }

    [Fact]
    public async Task For_people_there_is_a_line_a_version_and_the_reach_with_its_cost()
    {
        (int code, string output, string error) = await RunAsync("audit", "--state", made.State, "--from", "v2", "--to", "v3");

        Assert.True(code == ExitCode.Ok, output + error);
        Assert.Contains("v3 note: has the weights of v1", output, StringComparison.Ordinal);
        Assert.Contains("reach: v1 to v4 (4 versions; audit.horizon keeps 4); kept for it: ", output, StringComparison.Ordinal);
        Assert.Contains("2 equal", output, StringComparison.Ordinal);
        Assert.DoesNotContain("v4 ", output[..output.IndexOf("reach", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "newer than", "--from", "v3", "--to", "v2")]
    [InlineData(ExitCode.Usage, "is no version", "--from", "soon")]
    [InlineData(ExitCode.Refused, "knows no version v9, only v1 to v4", "--to", "v9")]
    public async Task A_range_that_is_none_is_refused(int expected, string says, params string[] range)
    {
        (int code, _, string error) = await RunAsync(["audit", "--state", made.State, .. range]);

        Assert.Equal(expected, code);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_that_somebody_exchanged_with_all_sums_set_right_are_found()
    {
        string state = made.Copy("weights");
        Forgery.ChangeTraining(Path.Combine(state, "versions", "v000002"));
        (int verified, string output, string error) = await RunAsync("checkpoints", "verify", "--state", state);
        Assert.True(verified == ExitCode.Ok, output + error);

        (int code, JsonElement report, _) = await AuditAsync(state);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(["equal", "differs", "equal", "equal"], Versions(report).Select(Outcome));
        Assert.Contains("training.safetensors: 1 of", Reasons(report, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_that_somebody_exchanged_with_their_checksums_set_right_are_found()
    {
        string state = made.Copy("samples");
        int changed = 0;
        Forgery.Rewrite(Path.Combine(state, "journal"), "samples", 1, (sequence, payload) =>
        {
            if (sequence is < 40 or > 120) return;
            payload[^1] ^= 1;
            changed++;
        });
        Assert.True(changed > 50, $"{changed} records changed");
        (int verified, string output, string error) = await RunAsync("replay", "verify", "--state", state);
        Assert.True(verified == ExitCode.Ok, output + error);

        (int code, JsonElement report, _) = await AuditAsync(state);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal("differs", Outcome(Versions(report)[0]));
        Assert.Contains("the training state: the manifest names digest", Reasons(report, 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_another_fingerprint_it_says_not_comparable_with_both_and_that_is_no_failure()
    {
        string state = made.Copy("fingerprint");
        Forgery.Rewrite(Path.Combine(state, "journal"), "decisions", 2, (_, payload) => Forgery.Replace(payload, "1 threads;", "9 threads;"));

        (int code, JsonElement report, _) = await AuditAsync(state);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["notComparable", "notComparable", "equal", "notComparable"], Versions(report).Select(Outcome));
        Assert.Contains("9 threads", Reasons(report, 0), StringComparison.Ordinal);
        Assert.Contains("1 threads", Reasons(report, 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parent_without_its_training_state_puts_a_version_out_of_reach()
    {
        string state = made.Copy("moments");
        VersionStore store = VersionStore.Open(LocalDisk.Instance, Path.Combine(state, "versions"), StoreAccess.ReadWrite, TimeProvider.System, NullLogger.Instance);
        PruneReport pruned = store.Prune(new RetentionPolicy(KeepLast: 9, KeepPromoted: 9, KeepTrainingState: 1, BytesMax: long.MaxValue));
        Assert.Contains(new ModelVersion(1), pruned.TrainingDropped);

        (int code, JsonElement report, _) = await AuditAsync(state);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["equal", "outOfReach", "equal", "equal"], Versions(report).Select(Outcome));
        Assert.Equal("its parent v1 has lost its training state", Reasons(report, 1));
        (code, _, _) = await AuditAsync(state, "--from", "v2", "--to", "v2");
        Assert.Equal(ExitCode.Refused, code);
    }

    [Fact]
    public async Task A_journal_that_was_retired_puts_the_versions_before_out_of_reach()
    {
        string state = made.Copy("retired");
        Forgery.Retire(state, made.Settings.Replay, to: new ModelVersion(3));

        (int code, JsonElement report, _) = await AuditAsync(state, "--from", "v1");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["outOfReach", "outOfReach", "equal", "equal"], Versions(report).Select(Outcome));
        Assert.Contains("was retired or had samples forgotten, and its fold begins at record 0", Reasons(report, 0), StringComparison.Ordinal);
        (_, report, _) = await AuditAsync(state);
        Assert.Equal(["v4"], Versions(report).Select(version => version.GetProperty("version").GetString()));
        Assert.StartsWith("v3", report.GetProperty("reach").GetProperty("beyond").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_daemons_own_retention_leaves_is_enough_for_the_horizon_also_behind_a_rewind()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings() with { Audit = new() { Horizon = 2 } };
        settings = settings with
        {
            Replay = settings.Replay with { SegmentBytes = 1 << 16, FramesMax = 40, TextsMax = 40, PairsMax = 20, FreshMax = 100, EraSentinelsMax = 4 },
        };
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        for (int i = 0; i < 2; i++) await observer.NextVersionAsync(bench.Limit);
        await bench.SendAsync(400);
        for (int i = 0; i < 2; i++) await observer.NextVersionAsync(bench.Limit);
        RollbackEffect effect = await agent.RollbackAsync(new RollbackRequest(new ModelVersion(3), ReplayRollback.Rewind, "a test", [], DryRun: false), bench.Limit);
        ModelVersion back = effect.Published!.Value;
        await bench.SendAsync(200);
        while ((await observer.NextVersionAsync(bench.Limit)).Version <= back)
        {
        }

        await agent.StopAsync();
        AuditReport report = await new Audit(settings, new UnwritableDisk(), TimeProvider.System, _ => { }).RunAsync(new AuditRange(new ModelVersion(1), null), bench.Limit);

        AuditedVersion[] newest = [.. report.Versions.TakeLast(2)];
        Assert.All(newest, version => Assert.True(version.Outcome == AuditOutcome.Equal, $"{version.Version} {version.Outcome}: {string.Join("; ", version.Reasons)}"));
        Assert.Equal(AuditOutcome.OutOfReach, report.Versions[0].Outcome);
        Assert.All(report.Versions, version => Assert.True(version.Outcome != AuditOutcome.Differs, $"{version.Version}: {string.Join("; ", version.Reasons)}"));
    }

    [Fact]
    public async Task Beside_a_daemon_that_goes_on_learning_it_sees_the_same_and_writes_nothing()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        AgentSettings settings = AuditedState.KeepAll(bench.Settings());
        await bench.SendAsync(400);
        await using Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        await observer.NextVersionAsync(bench.Limit);

        // It reads, trains and appends while the audit does.
        Task sending = bench.SendAsync(600);
        AuditReport report = await new Audit(settings, new UnwritableDisk(), TimeProvider.System, _ => { })
            .RunAsync(new AuditRange(new ModelVersion(1), new ModelVersion(2)), bench.Limit);
        await sending;

        Assert.All(report.Versions, version => Assert.True(version.Outcome == AuditOutcome.Equal, string.Join("; ", version.Reasons)));
        Assert.Equal(2, report.Versions.Count);
        for (int i = 0; i < 3; i++) await observer.NextVersionAsync(bench.Limit);
        report = await new Audit(settings, new UnwritableDisk(), TimeProvider.System, _ => { }).RunAsync(new AuditRange(new ModelVersion(4), new ModelVersion(4)), bench.Limit);
        Assert.Equal(AuditOutcome.Equal, Assert.Single(report.Versions).Outcome);
    }

    [Fact]
    public async Task Options_of_the_buffer_that_changed_between_two_versions_make_no_difference_and_end_a_cycle_that_was_cut_off()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();

        // The second cycle is cut off by a shutdown, and goes on under a smaller buffer: what it was trained on cannot be had again.
        AgentSettings endless = settings with { Cycle = settings.Cycle with { StepsMax = 1_000_000, UpdatesPerSample = null } };
        observer = new RecordingObserver();
        agent = await bench.StartAsync(endless, observer);
        await bench.SendAsync(200);
        await observer.NextStepAsync(bench.Limit);
        await agent.StopAsync();
        AgentSettings smaller = settings with { Replay = settings.Replay with { FramesMax = 50, TextsMax = 50, PairsMax = 20 } };
        observer = new RecordingObserver();
        agent = await bench.StartAsync(smaller, observer);
        await bench.SendAsync(200);
        VersionManifest second = await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();

        Assert.Equal((new ModelVersion(2), new CycleNumber(3)), (second.Version, second.Cycle));
        foreach (AgentSettings configured in new[] { settings, smaller })
        {
            AuditReport report = await new Audit(configured, new UnwritableDisk(), TimeProvider.System, _ => { }).RunAsync(new AuditRange(null, null), bench.Limit);
            Assert.All(report.Versions, version => Assert.True(version.Outcome == AuditOutcome.Equal, $"{version.Version}: {string.Join("; ", version.Reasons)}"));
            // On a busy machine a third may have come before the stop.
            Assert.Equal([new ModelVersion(1), new ModelVersion(2)], report.Versions.Select(version => version.Version).Order().Take(2));
        }
    }

    [Fact]
    public async Task Whom_the_model_found_redundant_is_derived_again_and_a_journal_that_names_another_is_found_out()
    {
        await using var bench = new Bench();
        AgentSettings settings = AuditedState.KeepAll(bench.AskingSettings(ReplayPolicy.Minred));
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        for (int i = 0; i < 2; i++) await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();

        AuditReport report = await new Audit(settings, new UnwritableDisk(), TimeProvider.System, _ => { }).RunAsync(new AuditRange(null, null), bench.Limit);
        Assert.Equal(2, report.Versions.Count);
        Assert.All(report.Versions, version => Assert.True(version.Outcome == AuditOutcome.Equal, $"{version.Version}: {string.Join("; ", version.Reasons)}"));

        // The last frame that left in the first cycle: one before it instead.
        bool isFirst = true;
        Forgery.Rewrite(Path.Combine(settings.Agent.StateDirectory, "journal"), "decisions", 2, (_, kind, payload) =>
        {
            if (kind != EvictedKind || !isFirst) return;
            isFirst = false;
            int frames = payload[4];
            Assert.InRange(frames, 2, 127);
            payload[4 + 1 + ((frames - 1) * 8)]--;
        });
        report = await new Audit(settings, new UnwritableDisk(), TimeProvider.System, _ => { }).RunAsync(new AuditRange(null, null), bench.Limit);
        Assert.Equal(AuditOutcome.Differs, report.Versions[0].Outcome);
        Assert.Contains("the evictions: ", string.Join('\n', report.Versions[0].Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_and_a_plan_that_somebody_wrote_into_a_manifest_are_found()
    {
        string state = made.Copy("facts");
        Forgery.ChangeManifest(Path.Combine(state, "versions", "v000001"), manifest => manifest["offsets"]![0]!["nextOffset"] = 7);
        Forgery.ChangeManifest(Path.Combine(state, "versions", "v000002"), manifest => manifest["plan"]!["steps"] = 13);

        (int code, JsonElement report, _) = await AuditAsync(state, "--from", "v1", "--to", "v2");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal("the manifest's offsets: the journal has read other ones by then", Reasons(report, 0));
        Assert.Equal("the manifest's plan: the journal has another", Reasons(report, 1));
    }

    private static JsonElement[] Versions(JsonElement report) => [.. report.GetProperty("versions").EnumerateArray()];

    private static string Outcome(JsonElement version) => version.GetProperty("outcome").GetString()!;

    private static string Reasons(JsonElement report, int version) =>
        string.Join('\n', Versions(report)[version].GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));

    private static Dictionary<string, string> Content(string directory) => Directory.GetFiles(directory, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))), StringComparer.Ordinal);

    private static async Task<(int Code, JsonElement Report, string News)> AuditAsync(string state, params string[] range)
    {
        (int code, string output, string error) = await RunAsync(["audit", "--state", state, "-o", "json", .. range]);
        Assert.True(output.Length > 0, $"exit code {code}: {error}");
        return (code, JsonDocument.Parse(output).RootElement, error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.RunAsync(args, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
