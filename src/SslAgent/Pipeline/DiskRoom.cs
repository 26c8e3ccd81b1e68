using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// Keeps the journal within <c>replay.journalBytesMax</c> and the volume above <c>agent.diskFreeMin</c>, before either hurts: near the journal's limit
/// what nothing needs any more is given back; at a limit ingest waits here, and goes on by itself when there is room. Where only learning can make room
/// (what is not learned yet must stay), a cycle is asked for out of turn. The ingest thread's, but for the upkeep that it starts.
/// </summary>
internal sealed class DiskRoom(
    RoomLimits limits, IDisk disk, Ledger ledger, Action<bool> giveBack, Func<string, Task<bool>> startCycle, TimeProvider time, Patience patience)
{
    public const string JournalTopic = "journal limit", FreeTopic = "disk free";

    private const double NearShare = 0.9;

    // A record's coordinates, source and headers beside its content.
    private const long RecordOverhead = 1024;

    // A look asks every segment of the journal: far more than taking in a line of text.
    private const long UnlookedMax = 64 * 1024;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private Task _upkeep = Task.CompletedTask;
    private long _keptAt;
    private long? _lookedAt;
    private long _free;

    // Bytes that may still come before anything is looked at again.
    private long _unlooked;

    /// <summary>Returns once there is room for what this message will take; throws where the daemon stops meanwhile.</summary>
    /// <param name="beforeWaiting">Makes durable what was taken in before: it must not wait along.</param>
    public void Await(Intake intake, Action beforeWaiting)
    {
        long bytes = BytesOf(intake);
        if (bytes > _unlooked) Look(bytes, beforeWaiting);
        _unlooked -= bytes;
    }

    private void Look(long bytes, Action beforeWaiting)
    {
        if (IsNear(bytes)) Upkeep(isPressed: false);
        if (!Fits(bytes))
        {
            beforeWaiting();
            patience.Until(JournalTopic, () => MakeRoom(bytes));
        }

        if (limits.FreeMin > 0 && !HasFree(bytes))
        {
            beforeWaiting();
            patience.Until(FreeTopic, FreeObstacle);
        }

        long spare = Math.Min((long)(NearShare * limits.JournalBytesMax) - ledger.JournalBytes, limits.FreeMin > 0 ? _free - limits.FreeMin : long.MaxValue);
        _unlooked = bytes + Math.Clamp(spare, 0, UnlookedMax);
        _free -= _unlooked;
    }

    private static long BytesOf(Intake intake) => RecordOverhead + intake switch
    {
        Intake.Accepted accepted => (accepted.Sample.Frame?.Rgb.Length ?? 0) + (accepted.Sample.Text?.Utf8.Length ?? 0),
        Intake.Refused refused => (refused.Delivery.Key?.Length ?? 0) + (refused.Delivery.Value?.Length ?? 0),
        _ => 0,
    };

    private bool Fits(long bytes) => ledger.JournalBytes + bytes <= limits.JournalBytesMax;

    /// <summary>Near the limit, and grown by a segment since it was last looked after.</summary>
    private bool IsNear(long bytes)
    {
        long now = ledger.JournalBytes;
        if (now + bytes <= NearShare * limits.JournalBytesMax)
        {
            _keptAt = 0;
            return false;
        }

        return now >= _keptAt + limits.SegmentBytes || _keptAt == 0;
    }

    /// <summary>Beside the ingest thread: rewriting segments takes its time. One at a time.</summary>
    private void Upkeep(bool isPressed)
    {
        if (!_upkeep.IsCompleted) return;
        _keptAt = Math.Max(1, ledger.JournalBytes);
        _upkeep = Task.Run(() => giveBack(isPressed));
    }

    private string? MakeRoom(long bytes)
    {
        if (Fits(bytes)) return null;
        bool wasKept = _upkeep.IsCompleted;
        // The limit is firm: history that only an audit or a rewind would need gives way to it, and the journal says so.
        Upkeep(isPressed: true);
        // What no finished cycle has seen stays for recovery: after the next version it may go.
        if (wasKept && ledger.TrainableSinceCycle > 0) _ = startCycle("journal limit");
        return $"the journal has {ledger.JournalBytes} bytes and may take {limits.JournalBytesMax} bytes (replay.journalBytesMax): the audit horizon is cut short, and ingest " +
            "waits until the next version lets older samples go; raise the limit, or lower the replay buffer's";
    }

    private bool HasFree(long bytes)
    {
        bool isFresh = _lookedAt is { } at && time.GetElapsedTime(at) < LookInterval;
        if (isFresh && _free - bytes >= limits.FreeMin) return true;
        AskDisk();
        return _free >= limits.FreeMin;
    }

    private string? FreeObstacle()
    {
        AskDisk();
        return _free >= limits.FreeMin
            ? null
            : $"the disk has {_free} bytes left and the agent leaves {limits.FreeMin} bytes free (agent.diskFreeMin): ingest and saves wait; make room on the " +
                $"volume of {limits.Volume}, or lower the limit";
    }

    private void AskDisk()
    {
        try
        {
            _free = disk.FreeBytes(limits.Volume);
        }
        catch (StorageException)
        {
            // A disk that does not tell is not held against it: where it is full, writing says so.
            _free = long.MaxValue;
        }

        _lookedAt = time.GetTimestamp();
    }
}

/// <summary>What the configuration lets the state take of the disk.</summary>
/// <param name="Volume">A directory on the volume whose free bytes count.</param>
internal sealed record RoomLimits(long JournalBytesMax, long SegmentBytes, long FreeMin, string Volume);
