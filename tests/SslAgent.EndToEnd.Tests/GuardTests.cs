using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.EndToEnd.Tests;

/// <summary>What the guard does beyond a single verdict, in the running daemon and over restarts.</summary>
public sealed class GuardTests
{
    [Fact]
    public async Task Versions_held_again_and_again_are_told_over_restarts_until_one_is_promoted()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings() with { Guard = Demanding.HoldsAll };
        settings = settings with { Cycle = settings.Cycle with { SamplesTrigger = 100 } };
        var observer = new RecordingObserver();
        await bench.SendAsync(560);
        Agent agent = await bench.StartAsync(settings, observer);
        List<VersionManifest> versions = [];
        while (versions.Count < 4) versions.Add(await observer.NextVersionAsync(bench.Limit));
        Assert.Equal([VerdictKind.Promote, VerdictKind.Hold, VerdictKind.Hold, VerdictKind.Hold], versions.Select(version => version.Verdict.Kind));
        string told = await observer.ProblemAsync(problem => problem.Contains("were held", StringComparison.Ordinal), bench.Limit);
        Assert.StartsWith("3 versions were held since the last promoted one and served is v1 of 20", told, StringComparison.Ordinal);
        Assert.Contains($"the last was held by {versions[^1].Verdict.Reasons[0]}", told, StringComparison.Ordinal);
        AssertHeld(agent, told);
        await agent.StopAsync();

        // A restart comes to the same, since it is a fold.
        agent = await bench.StartAsync(settings, observer);
        AssertHeld(agent, told);
        await agent.StopAsync();

        agent = await bench.StartAsync(settings with { Guard = new GuardOptions { HealthShareHold = 0, HealthSharePlunge = 0, HealthShareReject = 0, EraRiseMax = 1, MeanRiseMax = 1, EraRiseReject = 1 } }, observer);
        await bench.SendAsync(150);
        Assert.Equal(VerdictKind.Promote, (await observer.NextVersionAsync(bench.Limit)).Verdict.Kind);
        Assert.Null(agent.Status().Course.Holds);
        Assert.DoesNotContain(agent.Status().Problems, problem => problem.Contains("were held", StringComparison.Ordinal));

        static void AssertHeld(Agent agent, string told)
        {
            AgentStatus status = agent.Status();
            Assert.Equal((3, AgentHealth.Degraded), (status.Course.Holds?.Versions, status.Health));
            Assert.Contains(told, status.Problems);
        }
    }

    [Fact]
    public async Task Versions_rejected_again_and_again_slow_the_training_down_and_pause_it_until_somebody_resumes()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings() with { Guard = Demanding.RejectsAll };
        settings = settings with { Cycle = settings.Cycle with { SamplesTrigger = 100 } };
        var observer = new RecordingObserver();
        await bench.SendAsync(450);
        Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest[] rejected = [await observer.NextVersionAsync(bench.Limit), await observer.NextVersionAsync(bench.Limit), await observer.NextVersionAsync(bench.Limit)];
        string told = await observer.ProblemAsync(problem => problem.Contains("paused", StringComparison.Ordinal), bench.Limit);

        Assert.Contains("sslagent resume", told, StringComparison.Ordinal);
        Assert.All(rejected, manifest => Assert.Equal((VerdictKind.Reject, null), (manifest.Verdict.Kind, manifest.Parent)));
        double rate = settings.Learning.LearningRate, fresh = settings.Replay.FreshRatio;
        Assert.Equal([rate, rate, rate / 2], rejected.Select(manifest => PlanOf(manifest).Learner.Optimizer.LearningRate));
        Assert.Equal([fresh, fresh, fresh * 0.75], rejected.Select(manifest => PlanOf(manifest).FreshRatio));
        AssertPaused(agent);
        Assert.False(agent.TriggerCycle());
        await observer.CountsAsync(counts => counts.JournalPosition >= 450, bench.Limit);
        await agent.StopAsync();

        // A restart comes to the same, since it is a fold.
        agent = await bench.StartAsync(settings, observer);
        AssertPaused(agent);
        Assert.Equal((true, 3), (agent.Resume(new ResumeRequest("a person has looked")) is var resumed && resumed.WasPaused, resumed.Rejects));
        Assert.Throws<ControlRefusedException>(() => agent.Resume(new ResumeRequest("again")));
        Assert.Equal(TrainingCourse.Plain, agent.Status().Course);
        await bench.SendAsync(150);
        Assert.DoesNotContain(agent.Status().Problems, problem => problem.Contains("paused", StringComparison.Ordinal));
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(4), rate), (next.Version, PlanOf(next).Learner.Optimizer.LearningRate));
    }

    [Fact]
    public async Task Other_options_resume_a_paused_training_at_the_next_start()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings() with { Guard = Demanding.RejectsAll with { RejectsBeforePause = 1 } };
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        AssertPaused(agent);
        await agent.StopAsync();

        agent = await bench.StartAsync(settings with { Learning = settings.Learning with { LearningRate = settings.Learning.LearningRate / 3 } }, observer);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(settings.Learning.LearningRate / 3, PlanOf(next).Learner.Optimizer.LearningRate);
        await agent.StopAsync();
    }

    [Fact]
    public async Task A_learning_rate_a_thousand_times_too_high_is_rejected_after_its_first_cycle_and_training_stands_where_it_stood()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest sound = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(VerdictKind.Promote, sound.Verdict.Kind);
        await agent.StopAsync();

        await bench.SendAsync(200);
        agent = await bench.StartAsync(settings with { Learning = settings.Learning with { LearningRate = 1 } }, observer);
        VersionManifest wild = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((VerdictKind.Reject, sound.Version), (wild.Verdict.Kind, wild.Parent));
        Assert.Equal((sound.Version, sound.Version), (agent.Status().Head, agent.Status().Serving));
    }

    [Fact]
    public async Task A_rejected_version_with_others_behind_it_can_be_had_again_from_the_journal()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings(), wild = settings with { Learning = settings.Learning with { LearningRate = 1 } };
        await LiveAsync(settings, until: 1);
        await LiveAsync(wild, until: 2);
        VersionManifest[] before = await LiveAsync(settings, until: 3);
        Assert.Equal([VerdictKind.Promote, VerdictKind.Reject, VerdictKind.Promote], before.Select(version => version.Verdict.Kind).Take(3));

        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        for (int i = 0; i < before.Length; i++) await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(before.Select(Described), agent.Versions().Reverse().Take(before.Length).Select(Described));
        Assert.Equal(before[^1].Version, agent.Status().Head);

        async Task<VersionManifest[]> LiveAsync(AgentSettings settings, int until)
        {
            await bench.SendAsync(200);
            var observer = new RecordingObserver();
            Agent agent = await bench.StartAsync(settings, observer);
            while (agent.Versions().Count < until) await observer.NextVersionAsync(bench.Limit);
            await agent.StopAsync();
            return [.. agent.Versions().Reverse()];
        }

        static (ModelVersion, ModelVersion?, VerdictKind, string) Described(VersionManifest version) =>
            (version.Version, version.Parent, version.Verdict.Kind, version.WeightsDigest);
    }

    [Fact]
    public async Task A_drift_of_the_stream_is_journalled_and_opens_an_era_that_is_probed_from_then_on()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings() with { Guard = new GuardOptions { DriftSamplesMin = 100, DriftBlockSamples = 16, DriftPlasticCycles = 1 } };
        settings = settings with { Replay = settings.Replay with { EraSamples = 100_000 }, Cycle = settings.Cycle with { SamplesTrigger = 250 } };
        var observer = new RecordingObserver();
        await bench.SendLinesAsync([.. Lines(350, number => $"unit {number % 91} started after {number % 17} tries")]);
        await bench.SendLinesAsync([.. Lines(350, number => $"{number * 7919 % 100_003} 0x{number * 31 % 65_521:x} {number % 977}: {number * 13 % 1009} {number % 10} {number * 17 % 4099} {number % 321}")]);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.CountsAsync(counts => counts.JournalPosition >= 700, bench.Limit);

        TrainingCourse course = agent.Status().Course;
        Assert.Equal(1, course.Drifts);
        await agent.StopAsync();
        // The watch goes on from where it was: the same drift is not found again.
        agent = await bench.StartAsync(settings, observer);
        Assert.Equal(1, agent.Status().Course.Drifts);
        while (true)
        {
            VersionManifest version = await observer.NextVersionAsync(bench.Limit);
            if (!version.Probe.Eras.Any(era => era is { Era: 1, Objective: "mlm" }))
            {
                await bench.SendLinesAsync([.. Lines(260, number => $"{number * 104_729 % 100_003} 0x{number * 37 % 65_521:x} {number % 971}: {number * 19 % 1013} {number % 10} {number % 4001}")]);
                continue;
            }

            Assert.Equal([0, 1], version.Probe.Eras.Where(era => era.Objective == "mlm").Select(era => era.Era).Distinct().Order());
            break;
        }

        // The first cycle may be on when the drift is found; the second began behind it, and is the one that learns faster.
        Assert.All(agent.Versions(), version => Assert.Equal(
            version.Cycle?.Value == 2 ? (1.5, 1.3) : (1, 1), (PlanOf(version).LearningRateScale, PlanOf(version).FreshScale)));
        Assert.Contains(agent.Versions(), version => version.Cycle?.Value == 2);
    }

    private static IEnumerable<string> Lines(int count, Func<int, string> line) => Enumerable.Range(1, count).Select(line);

    private static CyclePlan PlanOf(VersionManifest manifest) => CyclePlan.FromJson(manifest.Plan.GetRawText());

    private static void AssertPaused(Agent agent)
    {
        AgentStatus status = agent.Status();
        Assert.True(status.Course.IsPaused);
        Assert.Equal(AgentHealth.Degraded, status.Health);
        Assert.Contains(status.Problems, problem => problem.StartsWith("training is paused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Texts_that_the_model_sees_differently_though_no_measure_of_them_moved_open_an_era_and_are_told_once()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings() with { Guard = new GuardOptions { DriftFalseAlarmRate = 0.001, DriftSamplesMin = 100_000 } };
        settings = settings with
        {
            Replay = settings.Replay with { SentinelOneIn = 4, EraSamples = 700 },
            Learning = settings.Learning with { ProbeSentinelsMax = 64 },
            Cycle = settings.Cycle with { SamplesTrigger = 330 },
        };
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        // The second era begins like the first and ends as another program's lines.
        await bench.SendLinesAsync([.. Enumerable.Range(0, 900).Select(i => i < 790 ? $"status installed libc{i}:amd64 2.36-9" : $"0x{i:x8} 0x{i * 7919:x8} 0x{i * 104729:x8}")]);
        while ((await observer.NextVersionAsync(bench.Limit)).Version.Number < 2) { }
        await agent.StopAsync(); // The version is published before what follows from it is journalled.
        JournalRecord.DriftFound drift = Assert.Single(DriftsOf(agent));
        Assert.Equal(("", "text features, era 1"), (drift.Source, drift.Measure));
        Assert.True(Math.Abs(drift.After) > 1, $"{drift.After} standard deviations");

        // By their number the third would begin at 1,400.
        agent = await bench.StartAsync(settings, observer);
        await bench.SendLinesAsync([.. Enumerable.Range(900, 450).Select(i => $"0x{i:x8} 0x{i * 7919:x8} 0x{i * 104729:x8}")]);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();
        Assert.Contains(next.Probe.Eras, era => era.Era == 2);
        Assert.Single(DriftsOf(agent), found => found.Measure == drift.Measure);
    }

    private static IEnumerable<JournalRecord.DriftFound> DriftsOf(Agent agent) => agent.Decisions().Select(decision => decision.Record).OfType<JournalRecord.DriftFound>();
}
