using System.Globalization;
using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>
/// Going back to an earlier version: a record in the journal, a new version with the old one's weights, the learner and the served model put
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
        int dropped = request.Replay == ReplayRollback.Keep ? 0 : ledger.SamplesSince(target.JournalPosition);
        string buffer = request.Replay == ReplayRollback.Keep
            ? "the replay buffer stays as it is"
            : string.Create(CultureInfo.InvariantCulture, $"{dropped} samples admitted since {request.To} leave the replay buffer");
        string summary =
            $"{head} → {request.To}: weights, moments and counters return to {request.To}; {left.Length} newer versions stay on disk and are left behind; {buffer}";
        return new RollbackEffect(head, request.To, Published: null, left, dropped, summary);
    }

    /// <param name="seat">The learner to put back, or null where no daemon runs.</param>
    public RollbackEffect Carry(RollbackRequest request, LearnerSeat? seat)
    {
        RollbackEffect effect = Preview(request);
        if (request.DryRun) return effect;
        publisher.AwaitRoom(patience);
        VersionManifest target = store.Read(request.To);
        // Once it is journalled it has to be carried out: what cannot be gone back to is refused before.
        if (store.Verify(request.To, default) is { IsSound: false } damaged)
            throw new ControlRefusedException($"{request.To} is damaged ({string.Join("; ", damaged.Damages.Select(damage => $"{damage.File}: {damage.Detail}"))}): it cannot be gone back to");
        var record = new JournalRecord.RolledBack(
            request.To, target.JournalPosition, ledger.NextVersion, request.Replay, request.Reason, request.Denied);
        FrozenFold fold = ledger.DecideAndFreeze(record);
        publisher.PublishRollback(record, fold, patience);
        patience.Insist(DiskTrouble.ReadingVersions, () => seat?.ReturnTo(record.Version));
        HeadLog.RolledBack(log, effect.From.ToString(), request.To, record.Version, request.Reason);
        return effect with { Published = record.Version };
    }

    private static void Require(RollbackRequest request, VersionManifest target)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) && !request.DryRun)
            throw new ControlRefusedException("a rollback needs a reason: it stands in the journal for whoever asks later");
        if (target.Verdict.Kind == VerdictKind.Reject)
            throw new ControlRefusedException($"{target.Version} was rejected: its weights are not gone back to");
        if (!target.HasTrainingState)
            throw new ControlRefusedException($"{target.Version} has no training state any more (checkpoints.keepTrainingState): nothing can be trained on from there");
        if (request.Replay == ReplayRollback.Rewind || request.Denied.Count > 0)
            throw new ControlRefusedException("--replay rewind and --deny are not available in this release; use keep or drop-since");
    }

    private string Unknown(ModelVersion version) =>
        $"there is no version {version}; the newest are {string.Join(", ", store.List().Take(5).Select(manifest => manifest.Version))}";
}
