using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;

namespace SslAgent.EndToEnd.Tests;

public sealed class RollbackTests
{
    private static RollbackRequest To(int version, ReplayRollback replay = ReplayRollback.DropSince, bool dryRun = false) =>
        new(new ModelVersion(version), replay, "the camera was covered", [], dryRun);

    [Fact]
    public async Task Going_back_takes_effect_in_the_running_daemon_and_learning_goes_on_from_there()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        await using Agent agent = await bench.StartAsync(bench.Settings(), observer);
        VersionManifest first = await observer.NextVersionAsync(bench.Limit);
        await observer.NextVersionAsync(bench.Limit);
        await observer.DurableAsync(positions => positions.Single().NextOffset == 400, bench.Limit);

        RollbackEffect preview = await agent.RollbackAsync(To(1, dryRun: true), bench.Limit);
        Assert.Null(preview.Published);
        Assert.Equal(TrainableSince(agent, first.JournalPosition), preview.SamplesUnlearned);
        Assert.Contains($"nothing of the {preview.SamplesUnlearned} training samples since", preview.Summary, StringComparison.Ordinal);
        Assert.True(preview.SamplesDropped > 0, preview.Summary);
        RollbackEffect effect = await agent.RollbackAsync(To(1), bench.Limit);
        Assert.Equal(new ModelVersion(3), effect.Published);
        Assert.Equal(preview.SamplesDropped, effect.SamplesDropped);
        VersionManifest back = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((first.WeightsDigest, first.Version), (back.WeightsDigest, back.RolledBackTo!.Value));
        Assert.Equal(new ModelVersion(3), agent.Status().Head);

        await bench.SendAsync(200);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(4), new ModelVersion(3)), (next.Version, next.Parent));
    }

    [Fact]
    public async Task In_the_middle_of_a_cycle_it_cuts_the_cycle_off()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        AgentSettings settings = bench.Settings();
        await bench.SendAsync(200);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();

        // The second cycle would go on for ever.
        settings = settings with { Cycle = settings.Cycle with { StepsMax = 1_000_000, UpdatesPerSample = null } };
        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        await bench.SendAsync(200);
        await observer.NextStepAsync(bench.Limit);
        RollbackEffect effect = await agent.RollbackAsync(To(1), bench.Limit);
        Assert.Equal(new ModelVersion(2), effect.Published);
        await agent.StopAsync();
        // What was cut off is void: nothing is run anew.
        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        Assert.Equal(new ModelVersion(2), agent.Status().Head);
        Assert.Null(agent.Status().RunningCycle);
    }

    [Fact]
    public async Task Orders_that_come_before_the_first_cycle_of_a_life_are_carried_out_and_learning_goes_on_from_there()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        AgentSettings settings = bench.Settings();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest first = await observer.NextVersionAsync(bench.Limit);
        await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();

        observer = new RecordingObserver();
        agent = await bench.StartAsync(settings, observer);
        RollbackEffect back = await agent.RollbackAsync(To(1, ReplayRollback.Keep), bench.Limit);
        ForgetEffect gone = await agent.ForgetAsync(new ForgetRequest("host-1", BeforeMs: null, "consent withdrawn", DryRun: false), bench.Limit);
        Assert.Equal((new ModelVersion(3), new ModelVersion(4)), (back.Published, gone.Published));
        Assert.True(gone.SamplesInJournal > 0, gone.Summary);
        Assert.Equal(first.WeightsDigest, (await observer.NextVersionAsync(bench.Limit)).WeightsDigest);
        Assert.Equal(first.WeightsDigest, (await observer.NextVersionAsync(bench.Limit)).WeightsDigest);

        await bench.SendAsync(200);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(5), new ModelVersion(4)), (next.Version, next.Parent));
        Assert.NotEqual(first.WeightsDigest, next.WeightsDigest);
        await agent.StopAsync();
        Assert.Null(agent.Fault);
    }

    [Fact]
    public async Task With_no_daemon_it_works_under_the_lock()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        AgentSettings settings = bench.Settings();
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        await observer.NextVersionAsync(bench.Limit);
        await agent.StopAsync();

        using (OfflineOrders offline = OfflineOrders.Open(settings, "a test", TimeProvider.System, NullLogger.Instance, bench.Limit))
        {
            RollbackEffect effect = offline.RollBack(To(1, ReplayRollback.Keep));
            Assert.Equal((new ModelVersion(3), 0L), (effect.Published, effect.SamplesDropped));
        }

        agent = await bench.StartAsync(settings, new RecordingObserver());
        Assert.Equal((new ModelVersion(3), new ModelVersion(3)), (agent.Status().Head, agent.Status().Serving));
    }

    [Theory]
    [InlineData(9, "there is no version v9")]
    [InlineData(1, "needs a reason")]
    public async Task What_cannot_be_done_is_refused_with_the_reason(int version, string says)
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        await bench.SendAsync(200);
        await using Agent agent = await bench.StartAsync(bench.Settings(), observer);
        await observer.NextVersionAsync(bench.Limit);
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(
            () => agent.RollbackAsync(To(version) with { Reason = " " }, bench.Limit));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(new ModelVersion(1), agent.Status().Head);
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("drop-since")]
    [InlineData("rewind")]
    public async Task The_undo_that_the_command_prints_gives_back_the_digest_and_the_buffer_of_before(string replay)
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        var observer = new RecordingObserver();
        await bench.SendAsync(400);
        await using Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        VersionManifest before = await observer.NextVersionAsync(bench.Limit);
        await observer.DurableAsync(positions => positions.Single().NextOffset == 400, bench.Limit);
        (int, int, int) buffer = Buffer(agent);

        string said = await RunAsync(bench, "checkpoints", "rollback", "v1", "--replay", replay, "--reason", "a try", "--state", settings.Agent.StateDirectory);
        if (replay == "drop-since") Assert.True(Buffer(agent).Frames < buffer.Item1, "what came since v1 has left");
        string undo = said.Split('\n').Single(line => line.StartsWith("to undo it: sslagent ", StringComparison.Ordinal))["to undo it: sslagent ".Length..];
        await RunAsync(bench, [.. undo.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--state", settings.Agent.StateDirectory]);

        VersionManifest undone;
        do undone = await observer.NextVersionAsync(bench.Limit);
        while (undone.RolledBackTo != before.Version);
        Assert.Equal(before.WeightsDigest, undone.WeightsDigest);
        Assert.Equal(buffer, Buffer(agent));
    }

    private static (int Frames, int Texts, int Pairs) Buffer(Agent agent)
    {
        AgentStatus status = agent.Status();
        return (status.BufferFrames, status.BufferTexts, status.BufferPairs);
    }

    private static long TrainableSince(Agent agent, long position)
    {
        using JournalCursor cursor = agent.Parts.Ledger.Read(position);
        long count = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Current.Record is JournalRecord.Admitted { IsSentinel: false }) count++;
        }

        return count;
    }

    private static async Task<string> RunAsync(Bench bench, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.RunAsync(args, output, error, bench.Limit);
        Assert.True(code == ExitCode.Ok, output.ToString() + error);
        return output.ToString();
    }
}
