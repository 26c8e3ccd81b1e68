using System.Globalization;
using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// Going back to an earlier version, and finding a held one well: a record in the journal, a new version with the old one's weights, the learner and the served model put
/// back. Nothing is deleted; going forward again is another rollback. Used by the learner thread, or under the lock file with no daemon running.
/// </summary>
internal sealed class Rollbacks(Ledger ledger, VersionStore store, Publisher publisher, Patience patience, ILogger log)
{
    /// <summary>What it would do, without doing it. Throws <see cref="ControlRefusedException"/> where it cannot be done.</summary>
    public RollbackEffect Preview(RollbackRequest request)
    {
        VersionManifest target = store.Find(request.To) ?? throw new ControlRefusedException(Unknown(request.To));
        ModelVersion head = ledger.Head ?? throw new ControlRefusedException("there is no version yet, so nothing to go back from");
        Require(request, target);
        ModelVersion[] left = [.. store.List().Select(manifest => manifest.Version).Where(version => version > request.To)];
        ReplayState? past = ledger.PastOf(request.To);
        long admitted = ledger.Stats.TrainableAdmitted, unlearned = admitted - (past?.TrainableAdmitted ?? admitted);
        (long dropped, long fresh, string buffer) = Buffer(request, target);
        string learned = past is null || unlearned == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; its weights know nothing of the {unlearned} training samples since");
        string newer = left.Length switch
        {
            0 => "",
            1 => "; 1 newer version stays on disk and is left behind",
            _ => $"; {left.Length} newer versions stay on disk and are left behind",
        };
        string summary = $"{head} → {request.To}: weights, moments and counters return to {request.To}{learned}{newer}; {buffer}{Served(request, target)}";
        return new RollbackEffect(head, request.To, Published: null, left, unlearned, dropped, fresh, summary) { Accepts = request.Accept };
    }

    /// <param name="seat">The learner to put back, or null where no daemon runs.</param>
    public RollbackEffect Carry(RollbackRequest request, LearnerSeat? seat)
    {
        RollbackEffect effect = Preview(request);
        if (request.DryRun) return effect;
        publisher.AwaitRoom();
        VersionManifest target = store.Read(request.To);
        // Before anything is journalled: a record that names what cannot be gone back to could not be carried out.
        if (store.Verify(request.To, default) is { IsSound: false } damaged)
            throw new ControlRefusedException($"{request.To} is damaged and cannot be gone back to: {damaged.Damages[0].File}: {damaged.Damages[0].Detail}");
        var record = new JournalRecord.RolledBack(
            request.To, target.JournalPosition, ledger.NextVersion, request.Replay, request.Reason, request.Denied)
        {
            Accepts = request.Accept,
        };
        FrozenFold fold = ledger.DecideAndFreeze(record);
        publisher.PublishAnew(record, fold);
        patience.Insist(DiskTrouble.ReadingVersions, () => seat?.ReturnTo(record.Version));
        if (record.Accepts) HeadLog.Accepted(log, request.To, record.Version, request.Reason);
        else HeadLog.RolledBack(log, effect.From.ToString(), request.To, record.Version, request.Reason);
        return effect with { Published = record.Version };
    }

    /// <summary>What becomes of the replay buffer: samples that leave it for good, samples that are learned again, and both in words.</summary>
    private (long Dropped, long Fresh, string Words) Buffer(RollbackRequest request, VersionManifest target)
    {
        switch (request.Replay)
        {
            case ReplayRollback.Keep:
                return (0, 0, "the replay buffer stays as it is");
            case ReplayRollback.DropSince:
                long dropped = ledger.SamplesSince(target.JournalPosition);
                return (dropped, 0, string.Create(CultureInfo.InvariantCulture, $"{dropped} samples admitted since {request.To} leave the replay buffer"));
            default:
                (long denied, long others) = ledger.CountAdmitted(target.JournalPosition, request.Denied);
                return (denied, others, string.Create(
                    CultureInfo.InvariantCulture,
                    $"the replay buffer is as it was at {request.To}; {others} samples admitted since are fresh again, {denied} are denied and never learned again") +
                    (request.Denied.Count > 0 ? "; a stretch that is denied stays denied for good" : ""));
        }
    }

    /// <summary>What becomes of the served version where the one gone back to was held; nothing where it was promoted, and so is served.</summary>
    private string Served(RollbackRequest request, VersionManifest target)
    {
        string before = store.Serving is { } serving ? serving.ToString() : "nothing";
        if (request.Accept) return $"; it was held by {string.Join("; ", target.Verdict.Reasons.Where(reason => reason.Kind == VerdictKind.Hold))}; it is served instead of {before}, and what it reached is what later versions are held against";
        if (target.Verdict.Kind != VerdictKind.Hold) return "";
        string stays = store.PromotedOnLine(target.Version) is { } promoted ? $"{promoted.Version}, the last promoted one of its line, is served" : $"{before} is served";
        return $"; it was held, so {stays} (sslagent checkpoints accept {target.Version} serves it)";
    }

    private void Require(RollbackRequest request, VersionManifest target)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) && !request.DryRun)
            throw new ControlRefusedException($"{(request.Accept ? "accepting a version" : "a rollback")} needs a reason: it stands in the journal for whoever asks later");
        if (request.Accept && target.Verdict.Kind == VerdictKind.Promote)
            throw new ControlRefusedException($"{target.Version} was promoted: there is nothing to accept; to serve it again roll back to it");
        if (request.Accept && request.Replay != ReplayRollback.Keep)
            throw new ControlRefusedException("what accepts a version leaves the replay buffer as it is");
        if (target.Verdict.Kind == VerdictKind.Reject)
            throw new ControlRefusedException($"{target.Version} was rejected: its weights are not gone back to");
        if (!target.HasTrainingState)
            throw new ControlRefusedException($"{target.Version} has no training state any more (checkpoints.keepTrainingState): nothing can be trained on from there{Others()}");
        if (request.Replay != ReplayRollback.Rewind)
        {
            if (request.Denied.Count > 0) throw new ControlRefusedException("--deny goes with --replay rewind: only then is what came later learned again");
            return;
        }

        ledger.RequireReach(target.Version, target.JournalPosition);
        foreach (DeniedRange range in request.Denied)
        {
            RequireKnown(range);
            RequireAfter(range, target);
        }
    }

    /// <summary>Denied is for good, so a name that was mistyped is better refused than kept.</summary>
    private void RequireKnown(DeniedRange range)
    {
        if (ledger.Find(range.Topic, range.Partition) is not null) return;
        string known = string.Join(", ", ledger.Positions.Select(position => $"{position.Topic}/{position.Partition}"));
        throw new ControlRefusedException($"nothing of {range.Topic}/{range.Partition} is in the journal, so there is nothing to deny; it knows {(known.Length > 0 ? known : "no partition")}");
    }

    /// <summary>A stretch that the version gone back to has learned already is not un-learned by going back to it.</summary>
    private void RequireAfter(DeniedRange range, VersionManifest target)
    {
        if (LearnedUpTo(range, target) is not { } learned || range.From >= learned) return;
        ModelVersion? earlier = store.List().FirstOrDefault(manifest =>
            manifest.Version < target.Version && manifest.Verdict.Kind != VerdictKind.Reject && (LearnedUpTo(range, manifest) ?? 0) <= range.From)?.Version;
        throw new ControlRefusedException(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Version} may have learned from {range.Topic}/{range.Partition} at {range.From}: it had that partition up to offset {learned - 1} at hand; ") +
            (earlier is { } before ? $"go back to {before} or earlier" : "no version on disk is from before that"));
    }

    /// <summary>Where the partition stood when the last cycle began that a version learned from; null where its offsets do not compare.</summary>
    private long? LearnedUpTo(DeniedRange range, VersionManifest version)
    {
        int? epoch = ledger.Find(range.Topic, range.Partition)?.Epoch;
        return ledger.PastOf(version.Version)?.Learned.FirstOrDefault(position =>
            position.Topic == range.Topic && position.Partition == range.Partition && position.Epoch == epoch)?.NextOffset;
    }

    /// <summary>Where else one could go, the newest first; nothing where there is nothing.</summary>
    private string Others()
    {
        ModelVersion[] others = [.. store.List().Where(manifest => manifest.HasTrainingState && manifest.Verdict.Kind != VerdictKind.Reject).Select(manifest => manifest.Version).Take(5)];
        return others.Length == 0 ? "" : $"; the newest with one are {string.Join(", ", others)}";
    }

    private string Unknown(ModelVersion version) => store.List() is { Count: > 0 } known
        ? $"there is no version {version}; the newest are {string.Join(", ", known.Take(5).Select(manifest => manifest.Version))}"
        : $"there is no version {version}, and no other yet";
}
