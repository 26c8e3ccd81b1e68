using System.Globalization;
using Microsoft.Extensions.Logging;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Kafka;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Pretraining;

/// <summary>
/// Pretraining, by the daemon's own parts over files, and over topics as far as they reach when it begins:
/// <code>
/// (1) read the data into the journal ─ (2) go back to a version, if asked ─ (3) for each stage: cycles until its steps are done, a version each
/// </code>
/// What is done is told by the journal, so that the same command goes on where it was stopped or killed.
/// </summary>
internal sealed class PretrainRun(AgentSettings settings, PretrainData data, ModelVersion? from, PretrainBoard board, TimeProvider time, ILoggerFactory logs)
{
    /// <summary>Begins the reason of the rollback that <c>--from</c> makes: stages are counted from there.</summary>
    private const string FromReason = "pretrain --from";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>Gives the version that is served at the end.</summary>
    public async Task<ModelVersion> RunAsync(CancellationToken cancellation)
    {
        var available = new AvailableData(0, 0, 0);
        IReadOnlyList<FiniteSource> sources = data.Sources(time, logs);
        foreach (FiniteSource source in sources) available = await ReadAsync(source, isLast: source == sources[^1], cancellation); // (1) (2)
        IReadOnlyList<Stage> stages = Stage.Of(settings);
        ModelVersion? serving = null;
        foreach (Stage stage in stages) serving = await TrainAsync(stage, stages.Count, available, cancellation); // (3)
        return serving ?? throw new CommandException(ExitCode.Failed, "no version was promoted: see the verdicts above");
    }

    private async Task<AvailableData> ReadAsync(FiniteSource source, bool isLast, CancellationToken cancellation)
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
        if (isLast && from is { } version) await GoBackAsync(agent, version, cancellation);
        await agent.StopAsync();
        return new AvailableData(status.BufferFrames, status.BufferTexts, status.BufferPairs);
    }

    private async Task GoBackAsync(Agent agent, ModelVersion version, CancellationToken cancellation)
    {
        RollbackEffect effect = await agent.RollbackAsync(new RollbackRequest(version, ReplayRollback.Keep, $"{FromReason} {version}", [], DryRun: false), cancellation);
        board.Note(effect.Summary);
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

        long cycles = (total + settings.Pretraining.StepsPerVersion - 1) / settings.Pretraining.StepsPerVersion;
        await using Agent agent = Make(PretrainSettings.ForStage(settings, stage, (int)((total + cycles - 1) / cycles)), (_, _) => new NothingToRead());
        await agent.StartAsync(cancellation);
        await IdleAsync(agent, cancellation);
        string trigger = stage.Trigger + Since(agent.Decisions());
        long done = Done(agent, trigger);
        board.Begin(stage, stages, done, total);
        while ((done = Done(agent, trigger)) < total)
        {
            RequireHealthy(agent);
            if (agent.Status().Course.IsPaused)
            {
                throw new CommandException(
                    ExitCode.Failed, "training is paused after repeated rejections (see above): change what is trained, or type sslagent resume, and then the same command");
            }

            if (!await agent.FireAsync(trigger)) await Task.Delay(Glance, time, cancellation);
            else await IdleAsync(agent, cancellation);
        }

        ModelVersion? serving = agent.Status().Serving;
        await agent.StopAsync();
        return serving;
    }

    private static long Done(Agent agent, string trigger) => StepsBehind.Head(agent.Decisions()).GetValueOrDefault(trigger);

    /// <summary>A suffix for the trigger that tells cycles since the last <c>--from</c> from those before.</summary>
    private static string Since(IReadOnlyList<NumberedRecord> decisions) =>
        decisions.Select(decision => decision.Record).OfType<JournalRecord.RolledBack>().LastOrDefault(back => back.Reason.StartsWith(FromReason, StringComparison.Ordinal)) is { } back
            ? $" since {back.Version}"
            : "";

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
