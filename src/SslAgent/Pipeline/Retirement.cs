using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// Gives journal back that nobody needs any more: not the buffer, not a version that recovery, audit or rewind may start from, not the dead letters. From any
/// thread, one at a time.
/// </summary>
internal sealed class Retirement(VersionStore store, Ledger ledger, ReplayOptions options, ulong seed, int auditHorizon)
{
    private readonly Lock _one = new();

    /// <summary>
    /// Rejected messages from this number on still have to reach the dead-letter topic. All of them until somebody says otherwise: a version may be published at a
    /// start before the dead letters are fed.
    /// </summary>
    public Func<long> DeadLettersFrom { get; set; } = static () => 0;

    /// <param name="isPressed">Whether the disk has no room for the audit horizon: then only what recovery from the newest version needs stays.</param>
    public RetireReport Run(bool isPressed, CancellationToken cancellation)
    {
        lock (_one)
        {
            if (VersionReach.Base(store.List(), isPressed ? 0 : auditHorizon, ledger.CompleteFrom) is not { } oldest) return RetireReport.Nothing;
            var live = new HashSet<long>();
            foreach (VersionManifest start in store.List().Where(manifest => IsStart(manifest, oldest)))
            {
                if (SavedReplay.Of(store, start.Version) is not { } saved) return RetireReport.Nothing;
                ReplayState.Load(saved, options, seed).CollectLive(live);
            }

            return ledger.Retire(live, Math.Min(oldest.JournalPosition, DeadLettersFrom()), cancellation);
        }
    }

    /// <summary>
    /// A fold only forgets and takes in what is new, so the oldest state has all that later ones draw; but for a rewind, which takes up again what the oldest may
    /// have forgotten.
    /// </summary>
    private static bool IsStart(VersionManifest manifest, VersionManifest oldest) => manifest.Version == oldest.Version
        || (manifest.Kind == VersionKind.Rollback && manifest.JournalPosition > oldest.JournalPosition);
}
