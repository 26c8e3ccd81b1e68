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

    /// <summary>Rejected messages from this number on still have to reach the dead-letter topic; none by default.</summary>
    public Func<long> DeadLettersFrom { get; set; } = static () => long.MaxValue;

    public RetireReport Run(CancellationToken cancellation)
    {
        lock (_one)
        {
            if (VersionReach.Base(store.List(), auditHorizon, ledger.CompleteFrom) is not { } oldest) return RetireReport.Nothing;
            using IStoredModel stored = store.Open(oldest.Version);
            if (stored.ReadFile(Publisher.ReplayFile) is not { } saved) return RetireReport.Nothing;
            var live = new HashSet<long>();
            ReplayState.Load(new MemoryStream(saved), options, seed).CollectLive(live);
            return ledger.Retire(live, Math.Min(oldest.JournalPosition, DeadLettersFrom()), cancellation);
        }
    }
}
