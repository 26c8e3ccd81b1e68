using System.Globalization;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// Takes a source's samples, or old ones, out of buffer and journal for good:
/// <code>
/// (1) Forgotten in the journal: they leave the buffer ─ (2) HEAD's weights under a new number with a replay index without them ─ (3) off the disk
/// </code>
/// After a crash (2) and (3) are made up for at the next start. What weights learned stays learned; the effect says which versions those are. Used by the learner
/// thread, or under the lock file with no daemon running.
/// </summary>
internal sealed class Forgetting(Ledger ledger, Publisher publisher, Patience patience, ILogger log)
{
    /// <summary>Whether something of what was forgotten could not be taken off the disk when it was last tried.</summary>
    private bool _isOwed;

    /// <summary>What it would do, without doing it. Throws <see cref="ControlRefusedException"/> where it cannot be done.</summary>
    public ForgetEffect Preview(ForgetRequest request)
    {
        if (request.Source is null && request.BeforeMs is null)
            throw new ControlRefusedException("name a source, an age, or both: everything is not forgotten by this command");
        if (ledger.Head is not { } head)
            throw new ControlRefusedException("there is no version yet: nothing was learned, and a state directory without a version can simply be deleted");
        var named = new JournalRecord.Forgotten(head, head, request.Source, request.BeforeMs, request.Reason, []);
        (long inJournal, long inUse, long? first) = ledger.FindSamples(named.Names);
        IReadOnlyList<ModelVersion> learned = first is { } since ? ledger.VersionsTrainedSince(since) : [];
        string summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{inJournal} samples leave the journal, {inUse} of them the replay buffer and the sentinels; this cannot be undone") +
            (learned.Count == 0 ? "; no version was trained while they were at hand" : $"; trained while they were at hand: {Span(learned)}");
        return new ForgetEffect(Published: null, inUse, inJournal, learned, Left: null, summary);
    }

    /// <param name="seat">The learner to put on the new version, or null where no daemon runs.</param>
    public ForgetEffect Carry(ForgetRequest request, LearnerSeat? seat, CancellationToken cancellation)
    {
        ForgetEffect effect = Preview(request);
        if (request.DryRun) return effect;
        if (string.IsNullOrWhiteSpace(request.Reason))
            throw new ControlRefusedException("forgetting needs a reason: it stands in the journal for whoever asks later");
        publisher.AwaitRoom();
        (long at, JournalRecord.Forgotten forgotten, FrozenFold fold) = ledger.Forget(request.Source, request.BeforeMs, request.Reason); // (1)
        publisher.PublishAnew(forgotten, fold); // (2)
        patience.Insist(DiskTrouble.ReadingVersions, () => seat?.ReturnTo(forgotten.Version));
        EraseReport erased = patience.Insist(DiskTrouble.Erasing, () => Erase(at, forgotten, cancellation)); // (3)
        HeadLog.Forgot(log, forgotten.Version, forgotten.Samples.Count, erased.SamplesErased, erased.SegmentsRewritten, request.Reason);
        return effect with
        {
            Published = forgotten.Version,
            SamplesInUse = forgotten.Samples.Count,
            SamplesInJournal = erased.SamplesErased,
            Left = erased.SegmentsLeft == 0 ? null : Left(erased.SegmentsLeft),
        };
    }

    /// <summary>At a start: what a crash left on the disk of the samples that were to be forgotten.</summary>
    public void MakeUp(CancellationToken cancellation)
    {
        _isOwed = false;
        foreach (NumberedRecord owed in patience.Insist(DiskTrouble.Erasing, ledger.ErasesOwed))
        {
            if (owed.Record is not JournalRecord.Forgotten forgotten) continue;
            EraseReport erased = patience.Insist(DiskTrouble.Erasing, () => Erase(owed.Sequence, forgotten, cancellation));
            HeadLog.Forgot(log, forgotten.Version, 0, erased.SamplesErased, erased.SegmentsRewritten, forgotten.Reason);
        }
    }

    /// <summary>Before a cycle: a segment that somebody was reading when its samples were to go is read no more by then. Nothing where nothing is owed.</summary>
    public void TryAgain(CancellationToken cancellation)
    {
        if (_isOwed) MakeUp(cancellation);
    }

    private EraseReport Erase(long at, JournalRecord.Forgotten forgotten, CancellationToken cancellation)
    {
        EraseReport erased = ledger.Erase(at, forgotten, cancellation);
        if (erased.SegmentsLeft > 0)
        {
            _isOwed = true;
            HeadLog.ForgettingLeft(log, Left(erased.SegmentsLeft));
        }

        return erased;
    }

    private static string Left(int segments) =>
        $"{segments} journal segments still hold some of them: they are damaged (sslagent replay verify) or were being read; it is tried again before the next cycle and at the next start";

    private static string Span(IReadOnlyList<ModelVersion> versions) =>
        versions.Count == 1 ? versions[0].ToString() : $"{versions[0]} to {versions[^1]} ({versions.Count} versions)";
}
