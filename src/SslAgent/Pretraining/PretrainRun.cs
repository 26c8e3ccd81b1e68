using System.Globalization;
using Microsoft.Extensions.Logging;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Kafka;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Pretraining;

/// <summary>
/// Pretraining, by the daemon's own parts over files, and over topics as far as they reach when it begins:
/// <code>
/// (1) look whether a version to go back to is there ─ (2) read the data into the journal ─ (3) go back ─ (4) for each stage: cycles until its steps are done, a version each
/// </code>
/// What is done is told by the journal, so that the same command goes on where it was stopped or killed.
/// </summary>
internal sealed class PretrainRun(AgentSettings settings, PretrainData data, ModelVersion? from, PretrainBoard board, TimeProvider time, ILoggerFactory logs)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>Gives the version that is served at the end.</summary>
    public async Task<ModelVersion> RunAsync(CancellationToken cancellation)
    {
        var available = new AvailableData(0, 0, 0);
        IReadOnlyList<FiniteSource> sources = data.Sources(time, logs);
        IReadOnlyList<Stage> stages = Stage.Of(settings);
        ModelVersion? back = from is { } version && await MustGoBackAsync(version, stages, cancellation) ? version : null; // (1)
        foreach (FiniteSource source in sources) available = await ReadAsync(source, source == sources[^1] ? back : null, cancellation); // (2) (3)
        ModelVersion? serving = null;
        foreach (Stage stage in stages) serving = await TrainAsync(stage, stages.Count, available, cancellation); // (4)
        return serving ?? throw new CommandException(ExitCode.Failed, "no version was promoted: see the verdicts above");
    }

    /// <summary>False where this very command is under way from there. A version that cannot be gone back to is refused here, before anything is read for its sake.</summary>
    private async Task<bool> MustGoBackAsync(ModelVersion version, IReadOnlyList<Stage> stages, CancellationToken cancellation)
    {
        await using Agent agent = Make(PretrainSettings.ForReading(settings), (_, _) => new NothingToRead());
        await agent.StartAsync(cancellation);
        await IdleAsync(agent, cancellation);
        bool isUnderWay = GoingBack.IsUnderWay(agent.Decisions(), version, stages);
        if (isUnderWay) board.Note($"went back to {version} before, and goes on from there");
        else await agent.RollbackAsync(GoingBack.To(version) with { DryRun = true }, cancellation);
        await agent.StopAsync();
        return !isUnderWay;
    }

    /// <param name="back">Where to go back to when all is read; null for nowhere.</param>
    private async Task<AvailableData> ReadAsync(FiniteSource source, ModelVersion? back, CancellationToken cancellation)
    {
        IFiniteReader? reader = null;
        await using Agent agent = Make(PretrainSettings.ForReading(settings), (positions, kafka) => reader = source(positions, kafka));
        await agent.StartAsync(cancellation);
        IFiniteReader reading = Check.NotNull(reader, "the agent has opened its source");
        while (!reading.Exhausted.IsCompleted || !reading.IsCoveredBy(agent.Positions))
        {
            if (reading.Exhausted.IsFaulted) await reading.Exhausted; // The source's own words before those of whoever met them.
            RequireHealthy(agent);
            board.Read(reading.Given);
            await Task.Delay(Glance, time, cancellation);
        }

        await reading.Exhausted;
        await IdleAsync(agent, cancellation);
        AgentStatus status = agent.Status();
        board.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{reading.Given:N0} read: {status.BufferFrames:N0} frames, {status.BufferTexts:N0} texts and {status.BufferPairs:N0} pairs to train on, {status.SentinelsAdmitted:N0} held out, {status.MessagesRejected:N0} rejected{(status.MessagesRejected > 0 ? " (sslagent replay rejected says why)" : "")}"));
        if (back is { } version) board.Note((await agent.RollbackAsync(GoingBack.To(version), cancellation)).Summary);
        await agent.StopAsync();
        return new AvailableData(status.BufferFrames, status.BufferTexts, status.BufferPairs);
    }

    private async Task<ModelVersion?> TrainAsync(Stage stage, int stages, AvailableData available, CancellationToken cancellation)
    {
        long total = stage.Steps(settings.Learning, available);
        if (total == 0)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"stage {stage.Number} ({stage.Names}) has nothing to learn from: there are {available.Frames} frames, {available.Texts} texts and {available.Pairs} pairs");
        }

        long done = 0;
        ModelVersion? serving = null;
        for (bool hasBegun = false; !hasBegun || done < total; hasBegun = true)
        {
            int steps = NextSteps(total, done);
            await using Agent agent = Make(PretrainSettings.ForStage(settings, stage, steps), (_, _) => new NothingToRead());
            await agent.StartAsync(cancellation);
            await IdleAsync(agent, cancellation);
            string trigger = stage.Trigger + GoingBack.Since(agent.Decisions());
            done = Done(agent, trigger);
            if (!hasBegun) board.Begin(stage, stages, done, total);
            while (done < total && NextSteps(total, done) == steps)
            {
                board.Stand(done);
                await RunCycleAsync(agent, stage, trigger, cancellation);
                done = Done(agent, trigger);
            }

            serving = agent.Status().Serving;
            await agent.StopAsync();
        }

        return serving;
    }

    /// <summary>
    /// Steps of the cycle behind so many: what is left, in as few cycles as may be and as equal as can be. By nothing but what is done, so that a run in several lives has the cycles of an undisturbed one,
    /// and one that goes on for more epochs ends where they do.
    /// </summary>
    private int NextSteps(long total, long done)
    {
        long left = Math.Max(1, total - done), cycles = (left + settings.Pretraining.StepsPerVersion - 1) / settings.Pretraining.StepsPerVersion;
        return (int)((left + cycles - 1) / cycles);
    }

    private async Task RunCycleAsync(Agent agent, Stage stage, string trigger, CancellationToken cancellation)
    {
        RequireHealthy(agent);
        if (agent.Status().Course.IsPaused)
        {
            throw new CommandException(
                ExitCode.Failed, "training is paused after repeated rejections (see above): change what is trained, or type sslagent resume, and then the same command");
        }

        if (!await agent.FireAsync(trigger))
        {
            await Task.Delay(Glance, time, cancellation);
            return;
        }

        await IdleAsync(agent, cancellation);
        RequireSteps(stage);
    }

    private static long Done(Agent agent, string trigger) => StepsBehind.Head(agent.Decisions()).GetValueOrDefault(trigger);

    /// <summary>A cycle in which no objective had a turn is like all that would follow it: it would go on for ever.</summary>
    private void RequireSteps(Stage stage)
    {
        if (board.Last?.Report is not { StepsDone: 0 } report) return;
        IEnumerable<string> lacks = report.Lacking.Select(lack => lack.WaitsForTokenizer
            ? $"{lack.Objective} waits for text to make a tokenizer of"
            : $"{lack.Objective} needs {lack.Needed} at least (samples, or windows of time where it learns from those) and there are {lack.There}");
        throw new CommandException(ExitCode.Usage, $"stage {stage.Number} ({stage.Names}) has nothing to learn from: {string.Join("; ", lacks)}");
    }

    /// <summary>Waits until no cycle is on, and its version is on disk.</summary>
    private async Task IdleAsync(Agent agent, CancellationToken cancellation)
    {
        while (agent.IsTraining)
        {
            RequireHealthy(agent);
            await Task.Delay(Glance, time, cancellation);
        }

        if (board.Last is { } last) await board.PublishedAsync(last.Version, cancellation);
    }

    private Agent Make(AgentSettings stage, Func<IPartitionPositions, KafkaOptions, IStreamReader> source) =>
        new(stage, board, time, LocalDisk.Instance, new LoopHealth(time), logs) { Source = source };

    private static void RequireHealthy(Agent agent)
    {
        if (agent.Fault is { } fault) throw new CommandException(ExitCode.Failed, $"ended by a fault: {fault.Message}");
    }
}
