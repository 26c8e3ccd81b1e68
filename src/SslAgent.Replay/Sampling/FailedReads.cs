using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// Tells a bad sector from a disk that is away: a file that fails again and again with a fault of the device (or that is gone) while others
/// can be read has lost what stood there, and its samples are given up. Counts attempts by file. Safe to call from any thread.
/// </summary>
internal sealed class FailedReads
{
    /// <summary>Reads from one file that may fail before its samples are given up; whoever reads waits between them.</summary>
    public const int AttemptsMax = 5;

    // Beyond so many files the disk is the trouble and not its sectors: counting begins anew.
    private const int FilesMax = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _attempts = [];

    /// <summary>Returns where every fault is of a file that is given up, which is told for each sample; else throws the first of the others.</summary>
    public void GiveUpOrThrow(
        IReadOnlyList<(SampleId Id, StorageException Fault)> faults, bool othersWereRead, Action<SampleUnreadableException> unreadable)
    {
        StorageException? first = faults.FirstOrDefault(
            fault => !othersWereRead || fault.Fault.Fault is not (StorageFault.Device or StorageFault.NotFound)).Fault;
        foreach (IGrouping<string, StorageException> file in faults.Select(fault => fault.Fault).GroupBy(fault => fault.Path))
        {
            if (first is null && !IsLost(file.Key)) first = file.First();
        }

        if (first is not null) throw first;
        foreach ((SampleId id, StorageException fault) in faults) unreadable(new SampleUnreadableException(id, fault.Message, fault));
    }

    private bool IsLost(string path)
    {
        lock (_lock)
        {
            if (_attempts.Count >= FilesMax) _attempts.Clear();
            int attempts = _attempts.GetValueOrDefault(path) + 1;
            _attempts[path] = Math.Min(attempts, AttemptsMax);
            return attempts >= AttemptsMax;
        }
    }
}
