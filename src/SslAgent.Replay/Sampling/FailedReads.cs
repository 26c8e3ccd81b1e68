using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// Tells a bad sector from a disk that is away: a record that fails again and again with a fault of the device (or whose file is gone)
/// while others can be read is lost. Counts attempts by sample. Safe to call from any thread.
/// </summary>
internal sealed class FailedReads
{
    /// <summary>Reads of one sample that may fail before it is given up; whoever reads waits between them.</summary>
    public const int AttemptsMax = 5;

    // Beyond so many different samples the disk is the trouble and not its sectors: counting begins anew.
    private const int SamplesMax = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<SampleId, int> _attempts = [];

    /// <summary>Returns where every fault is of a sample that is given up, which is told; else throws the first of the others.</summary>
    public void GiveUpOrThrow(
        IReadOnlyList<(SampleId Id, StorageException Fault)> faults, bool othersWereRead, Action<SampleUnreadableException> unreadable)
    {
        StorageException? first = null;
        foreach ((SampleId id, StorageException fault) in faults)
        {
            if (!othersWereRead || fault.Fault is not (StorageFault.Device or StorageFault.NotFound) || !IsLost(id)) first ??= fault;
        }

        if (first is not null) throw first;
        foreach ((SampleId id, StorageException fault) in faults) unreadable(new SampleUnreadableException(id, fault.Message, fault));
    }

    private bool IsLost(SampleId id)
    {
        lock (_lock)
        {
            if (_attempts.Count >= SamplesMax) _attempts.Clear();
            int attempts = _attempts.GetValueOrDefault(id) + 1;
            _attempts[id] = Math.Min(attempts, AttemptsMax);
            return attempts >= AttemptsMax;
        }
    }
}
