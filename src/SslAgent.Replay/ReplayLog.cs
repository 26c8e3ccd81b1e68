using Microsoft.Extensions.Logging;

namespace SslAgent.Replay;

/// <summary>What the room says. Event ids 2000 to 2999.</summary>
internal static partial class ReplayLog
{
    [LoggerMessage(2000, LogLevel.Information,
        "Folded {Records} journal records from position {From} to {To} in {Milliseconds} ms; {Bytes} bytes of journal on disk")]
    public static partial void Recovered(ILogger logger, long records, long from, long to, long milliseconds, long bytes);

    [LoggerMessage(2001, LogLevel.Warning,
        "Cut a torn tail of {Bytes} bytes that had never become durable; Kafka delivers those messages again")]
    public static partial void TornTailCut(ILogger logger, long bytes);

    [LoggerMessage(2002, LogLevel.Error, "Damaged journal: {Range}; what stood there is lost and was passed over")]
    public static partial void Damaged(ILogger logger, string range);

    [LoggerMessage(2003, LogLevel.Warning, "Journal: {Note}")]
    public static partial void TidiedUp(ILogger logger, string note);

    [LoggerMessage(2004, LogLevel.Error,
        "The saved state stands at position {StatePosition}, the journal ends at {JournalPosition}: "
        + "{Lost} records are lost; the saved state is believed")]
    public static partial void JournalIsShort(ILogger logger, long statePosition, long journalPosition, long lost);

    [LoggerMessage(2005, LogLevel.Warning, "{Topic}/{Partition} is in epoch {Epoch} from offset {Offset}: {Reason}")]
    public static partial void EpochOpened(ILogger logger, string topic, int partition, int epoch, long offset, string reason);

    [LoggerMessage(2006, LogLevel.Information,
        "Journal retired to position {Horizon}: {Dropped} segments deleted, {Compacted} compacted, {Freed} bytes freed")]
    public static partial void Retired(ILogger logger, long horizon, int dropped, int compacted, long freed);

    [LoggerMessage(2007, LogLevel.Error, "A batch goes on without one of its samples: {Fault}")]
    public static partial void SampleUnreadable(ILogger logger, string fault);
}
