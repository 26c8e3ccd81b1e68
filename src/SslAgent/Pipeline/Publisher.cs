using System.Text.Json;
using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Drift;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// From a judged cycle to a version on disk and, where it was promoted, to the version that answers requests. Called by the learner thread;
/// what follows a save runs on the thread pool. A save that fails for good ends the daemon: the journal has what is needed to make it anew.
/// </summary>
internal sealed class Publisher(
    VersionStore store, SaveQueue saves, ServedModels? served, Retirement? retirement, VersionRoom? room, string lineage, TimeProvider time, IAgentObserver observer,
    ProblemBoard problems, Patience patience, ILogger log)
{
    public const string ReplayFile = "replay.bin";

    private const string RetiringTopic = "retiring";

    private Task _last = Task.CompletedTask;

    /// <summary>Waits until the save before the last is over: one in flight while the next cycle trains, never two copies more.</summary>
    public void AwaitRoom() => patience.Await(_last);

    public Task<VersionManifest> Publish(
        PreparedCycle cycle, JournalRecord.CycleEnded ended, FrozenFold fold, ProbeReport probe, CycleReport report, IModelSnapshot snapshot,
        LearnerSeat seat)
    {
        using JsonDocument plan = JsonDocument.Parse(cycle.Started.PlanJson);
        var draft = new VersionDraft(
            ended.Version, cycle.Parent, lineage, time.GetUtcNow(), cycle.Number, ended.StepsDone, fold.Position, fold.Offsets, ended.Verdict, probe,
            report, plan.RootElement.Clone(), cycle.Started.Fingerprint);
        byte[] book = EraBookJson.Write(seat.Book);
        List<ExtraFile> extras = [.. Fold(fold), Bytes(EraBookJson.FileName, book)];
        if (seat.Embeddings.Count > 0) extras.Add(Bytes(EmbeddingBook.FileName, seat.Embeddings.Write()));
        return Follow(saves.PublishAsync(draft, snapshot, extras));
    }

    /// <summary>Makes up for a publication that a crash cut off, after all saves before it.</summary>
    public void Republish(Unfinished.Republication left)
    {
        AwaitRoom();
        PublishAnew(left.Record, left.Fold);
    }

    /// <summary>
    /// At a start, before anything is served: what needs no training. The rest, which the learner thread makes up for, is given back.
    /// </summary>
    public IReadOnlyList<Unfinished> RepublishFirst(IReadOnlyList<Unfinished> unfinished)
    {
        int done = 0;
        for (; done < unfinished.Count && unfinished[done] is Unfinished.Republication left; done++) Republish(left);
        return [.. unfinished.Skip(done)];
    }

    /// <summary>Publishes a version's weights under the new number that a rollback, an acceptance or a forgetting gave them, and waits for it.</summary>
    public VersionManifest PublishAnew(JournalRecord record, FrozenFold fold)
    {
        RollbackDraft draft = record switch
        {
            JournalRecord.RolledBack back => new(
                back.Version, back.To, time.GetUtcNow(), fold.Position, fold.Offsets, back.Reason, back.Accepts ? VersionKind.Accept : VersionKind.Rollback),
            JournalRecord.Forgotten gone => new(gone.Version, gone.Of, time.GetUtcNow(), fold.Position, fold.Offsets, gone.Reason, VersionKind.Forget),
            _ => throw new BrokenInvariantException($"{record.GetType().Name} publishes no version anew"),
        };
        List<ExtraFile> extras = [.. Fold(fold)];
        if (draft.Kind == VersionKind.Accept)
            extras.Add(Bytes(EraBookJson.FileName, EraBookJson.Write(EraBook.Accepted(draft.Version, store.Read(draft.Target)))));
        return patience.Await(Follow(saves.PublishRollbackAsync(draft, extras)));
    }

    /// <summary>Gives back what no recovery needs. Housekeeping: every version stands whatever happens here, and the next one comes by again. Any thread.</summary>
    /// <param name="isPressed">Whether the audit horizon has to give way.</param>
    public void Retire(bool isPressed)
    {
        try
        {
            retirement?.Run(isPressed, default);
            problems.Clear(RetiringTopic);
        }
        catch (IOException fault)
        {
            if (problems.Set(RetiringTopic, $"old samples could not be retired from the journal: {fault.Message}")) HeadLog.RetiringFailed(log, fault.Message);
        }
    }

    /// <summary>Ends when what followed the last save is over, well or not.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        await _last.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    private Task<VersionManifest> Follow(Task<VersionManifest> save)
    {
        Task<VersionManifest> followed = FollowAsync(save);
        _last = followed;
        return followed;
    }

    private async Task<VersionManifest> FollowAsync(Task<VersionManifest> save)
    {
        VersionManifest manifest = await save;
        observer.OnVersionPublished(manifest);
        if (served is not null && store.Serving is { } serving) await served.ServeAsync(serving);
        room?.Look();
        Retire(isPressed: false);
        return manifest;
    }

    private static ExtraFile[] Fold(FrozenFold fold) => [Bytes(ReplayFile, fold.ReplayIndex), Bytes(StreamWatch.FileName, fold.Watch)];

    private static ExtraFile Bytes(string name, byte[] content) => new(name, stream => stream.Write(content));
}
