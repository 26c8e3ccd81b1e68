using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;

namespace SslAgent.EndToEnd.Tests;

/// <summary>State is a fold over the journal: whatever happens to the rest, the same journal gives the same bytes.</summary>
public sealed class FoldTests
{
    [Fact]
    public async Task Two_agents_over_one_stream_have_byte_identical_weights()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        IReadOnlyList<string> one = await DigestsAsync(bench, bench.Settings("one"), versions: 2);
        IReadOnlyList<string> two = await DigestsAsync(bench, bench.Settings("two"), versions: 2);
        Assert.Equal(one, two);
        Assert.NotEqual(one[0], one[1]);
    }

    [Fact]
    public async Task A_journal_alone_gives_all_versions_back_bit_for_bit()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.Settings();
        IReadOnlyList<string> before = await DigestsAsync(bench, settings, versions: 2);
        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);
        IReadOnlyList<string> after = await DigestsAsync(bench, settings, versions: 2);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_cycle_that_a_shutdown_cut_off_ends_with_the_same_bytes()
    {
        await using var bench = new Bench();
        await bench.SendAsync(200);
        AgentSettings settings = bench.Settings("cut");
        settings = settings with { Cycle = settings.Cycle with { StepsMax = 60 } };
        AgentSettings whole = bench.Settings("whole") with { Cycle = settings.Cycle };
        IReadOnlyList<string> undisturbed = await DigestsAsync(bench, whole, versions: 1);

        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextStepAsync(bench.Limit);
        await agent.StopAsync();
        Assert.Empty(Directory.GetDirectories(Path.Combine(settings.Agent.StateDirectory, "versions"), "v*"));

        Assert.Equal(undisturbed, await DigestsAsync(bench, settings, versions: 1));
    }

    [Fact]
    public async Task A_version_lost_with_its_files_is_made_anew_from_the_one_before()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.Settings();
        IReadOnlyList<string> before = await DigestsAsync(bench, settings, versions: 2);
        Directory.Delete(Directory.GetDirectories(Path.Combine(settings.Agent.StateDirectory, "versions"), "v*2").Single(), recursive: true);
        var observer = new RecordingObserver();
        await using Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest again = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(2), before[1]), (again.Version, again.WeightsDigest));
    }

    [Theory]
    [InlineData("training.safetensors")]
    [InlineData("replay.bin")]
    [InlineData("manifest.json")]
    public async Task A_version_damaged_on_disk_is_made_anew_from_the_one_before(string file)
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.Settings();
        IReadOnlyList<string> before = await DigestsAsync(bench, settings, versions: 2);
        string damaged = Path.Combine(Directory.GetDirectories(Path.Combine(settings.Agent.StateDirectory, "versions"), "v*2").Single(), file);
        byte[] bytes = await File.ReadAllBytesAsync(damaged, bench.Limit);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, bench.Limit);
        var observer = new RecordingObserver();
        await using Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest again = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(2), before[1]), (again.Version, again.WeightsDigest));
        Assert.Equal(new ModelVersion(2), agent.Status().Head);
    }

    [Theory]
    [InlineData(ReplayPolicy.Minred)]
    [InlineData(ReplayPolicy.Hybrid)]
    public async Task Whom_the_model_finds_redundant_leaves_and_every_file_of_every_version_can_be_had_again(ReplayPolicy policy)
    {
        await using var bench = new Bench();
        await bench.SendAsync(600);
        AgentSettings settings = bench.AskingSettings(policy);
        IReadOnlyList<string> before = await FilesAsync(bench, settings, versions: 3);
        JournalRecord.Evicted[] evicted = [.. Decisions(settings).OfType<JournalRecord.Evicted>()];
        Assert.Equal(3, evicted.Length);
        Assert.All(evicted, one => Assert.True(one.Frames.Count > 10, $"{one.Frames.Count} frames"));
        Assert.Contains(evicted, one => one.Texts.Count > 0 && one.Pairs.Count > 0);
        Assert.All(before, files => Assert.Contains("embeddings.bin", files, StringComparison.Ordinal));

        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);

        Assert.Equal(before, await FilesAsync(bench, settings, versions: 3));
        Assert.Equal(evicted.Length, Decisions(settings).Count(record => record is JournalRecord.Evicted));
        Assert.Equal(before.Select(Trained), (await FilesAsync(bench, bench.AskingSettings(policy, "another"), versions: 3)).Select(Trained));
    }

    [Fact]
    public async Task A_cycle_that_was_cut_off_asks_the_model_that_it_would_have_had()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.AskingSettings(ReplayPolicy.Minred, "cut"), whole = bench.AskingSettings(ReplayPolicy.Minred, "whole");
        IReadOnlyList<string> undisturbed = await FilesAsync(bench, whole, versions: 2);

        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        await observer.NextStepAsync(bench.Limit);
        await agent.StopAsync();

        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        while (agent.Versions().Count < 2) await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();
        Assert.Equal(undisturbed.Select(Trained), agent.Versions().Select(Describe).Order(StringComparer.Ordinal).Select(Trained));
    }

    [Fact]
    public async Task The_share_of_new_samples_moves_with_the_past_and_a_restart_makes_no_difference()
    {
        await using var bench = new Bench();
        await bench.SendAsync(600); // What the broker keeps: 5 MiB a partition.
        AgentSettings settings = bench.Settings("once"), another = bench.Settings("twice");
        var adaptive = settings.Replay with { Ratio = ReplayRatio.Adaptive, FreshRatio = 0.4, FreshRatioMin = 0.2, FreshRatioMax = 0.7 };
        // Eras that are closed before the first version, and one objective that surely gets better from the first to the second: else the probes can tell nothing, and the share stays.
        adaptive = adaptive with { EraSamples = 50 };
        var learning = settings.Learning with { Objectives = [new() { Name = "mae" }] };
        (settings, another) = (settings with { Replay = adaptive, Learning = learning }, another with { Replay = adaptive, Learning = learning });
        await FilesAsync(bench, settings, versions: 3);
        await FilesAsync(bench, another, versions: 2);
        IReadOnlyList<string> twice = await FilesAsync(bench, another, versions: 3);
        double[] twiceShares = [.. Shares(another)];

        double[] shares = [.. Shares(settings)];
        Assert.Equal(0.4, shares[0]);
        Assert.True(shares.Distinct().Count() > 1, string.Join(' ', shares));
        Assert.All(shares, share => Assert.InRange(share, 0.2, 0.7));
        // What a cycle's probe knows of the stream is the same in one journal, but not in two: the undisturbed run is one over the same journal.
        Directory.Delete(Path.Combine(another.Agent.StateDirectory, "versions"), recursive: true);
        Assert.Equal(twice, (await FilesAsync(bench, another, versions: twice.Count)).Take(twice.Count));
        Assert.Equal(twiceShares, Shares(another).Take(twiceShares.Length));

        static IEnumerable<double> Shares(AgentSettings settings) =>
            Decisions(settings).OfType<JournalRecord.CycleStarted>().Select(started => CyclePlan.FromJson(started.PlanJson).FreshRatio);
    }

    [Theory]
    [InlineData(ReplayRatio.Fixed)]
    [InlineData(ReplayRatio.Adaptive)]
    public async Task A_consolidation_learns_by_more_in_its_own_length_and_evenly_and_can_be_had_again_from_the_journal(ReplayRatio ratio)
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.Settings();
        settings = settings with
        {
            Replay = settings.Replay with { Ratio = ratio },
            Consolidation = new() { Cron = "0 0 3 * * ?", Objectives = [new() { Name = "simclr" }], Steps = 18 },
        };
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        // The stream makes two cycles due.
        await observer.NextVersionAsync(bench.Limit);
        VersionManifest before = await observer.NextVersionAsync(bench.Limit), consolidated = await CycleAsync(CyclePlanner.Consolidate), after = await CycleAsync("a try");
        string[] made = [.. agent.Versions().Select(version => $"{version.Version} {version.WeightsDigest}")];
        await agent.StopAsync();

        Assert.Equal((12, 18, 12), (before.StepsDone, consolidated.StepsDone, after.StepsDone));
        Assert.Null(PlanOf(consolidated).FreshShare);
        // An adaptive share goes on from where it was: the consolidation did not draw by it.
        Assert.Equal(PlanOf(consolidated).FreshRatioResolved, PlanOf(after).FreshShare);
        if (ratio == ReplayRatio.Fixed) Assert.Equal((settings.Replay.FreshRatio, settings.Replay.FreshRatio), (PlanOf(before).FreshShare, PlanOf(after).FreshShare));
        Assert.Equal(["mae", "mlm", "clip", "simclr"], Plan(consolidated));
        Assert.Equal(["mae", "mlm", "clip"], Plan(after));
        Assert.Contains(consolidated.Probe.Eras, era => era.Objective == "simclr");
        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);
        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        while (agent.Versions().Count < made.Length) await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();
        Assert.Equal(made, agent.Versions().Select(version => $"{version.Version} {version.WeightsDigest}"));

        async Task<VersionManifest> CycleAsync(string trigger)
        {
            // A version is on disk a moment before the learner is idle.
            while (!await agent.FireAsync(trigger)) await Task.Yield();
            return await observer.NextVersionAsync(bench.Limit);
        }

        static CyclePlan PlanOf(VersionManifest version) => CyclePlan.FromJson(version.Plan.GetRawText());

        static string[] Plan(VersionManifest version) => [.. PlanOf(version).Learner.Objectives.Select(objective => objective.Name)];
    }

    private static IReadOnlyList<JournalRecord> Decisions(AgentSettings settings) =>
    [
        .. Journal.ReadDecisions(Storage.LocalDisk.Instance, Path.Combine(settings.Agent.StateDirectory, "journal"), TimeProvider.System)
            .Select(decision => decision.Record),
    ];

    /// <summary>
    /// The same without the folds up to the cycle's end, what its probe saw (the sentinels so far), and the samples' numbers in the journal: what had
    /// come by then is the same in one journal, but not in two, since the stream goes on while a cycle trains.
    /// </summary>
    private static string Trained(string files) =>
        string.Join(", ", files.Split(", ").Where(file => !((string[])["replay.bin ", "drift.json ", "guard.json ", "embeddings.bin "]).Any(name => file.StartsWith(name, StringComparison.Ordinal))));

    /// <summary>Of each version the sums of what is a function of the journal: all files but for the counters, which tell the wall clock too.</summary>
    private static async Task<IReadOnlyList<string>> FilesAsync(Bench bench, AgentSettings settings, int versions)
    {
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        while (agent.Versions().Count < versions) await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();
        return [.. agent.Versions().Select(Describe).Order(StringComparer.Ordinal)];
    }

    private static string Describe(VersionManifest version) => $"{version.Version} {version.WeightsDigest}, " +
        string.Join(", ", version.Files.Where(file => file.Name != "learner.json").Select(file => $"{file.Name} {file.Sha256}"));

    private static async Task<IReadOnlyList<string>> DigestsAsync(Bench bench, AgentSettings settings, int versions)
    {
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        var digests = new List<string>();
        for (int i = 0; i < versions; i++) digests.Add((await observer.NextVersionAsync(bench.Limit)).WeightsDigest);
        await agent.StopAsync();
        return digests;
    }
}
