using Microsoft.Extensions.Logging;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest;

/// <summary>What this room logs, events 1000 to 1999. Texts by the Kafka client are scrubbed of secrets before they come here.</summary>
internal static partial class IngestLog
{
    [LoggerMessage(1001, LogLevel.Information, "Reading {Topics} from {Servers} ({Assignment}), librdkafka {Version}, settings {Settings}")]
    public static partial void Reading(this ILogger log, string topics, string servers, KafkaAssignment assignment, string version, string settings);

    [LoggerMessage(1002, LogLevel.Information, "Partition {Partition} begins at offset {Offset} ({Why}, epoch {Epoch})")]
    public static partial void Beginning(this ILogger log, string partition, string offset, BeginningKind why, int epoch);

    [LoggerMessage(1003, LogLevel.Information, "Partitions {Partitions} are taken away")]
    public static partial void Leaving(this ILogger log, string partitions);

    [LoggerMessage(1004, LogLevel.Warning, "Partitions {Partitions} were taken away before the journal was committed: waited {Seconds} s")]
    public static partial void LeftUncommitted(this ILogger log, string partitions, double seconds);

    [LoggerMessage(1005, LogLevel.Warning, "Partition {Partition} opens epoch {Epoch} at offset {Offset}: {Reason}")]
    public static partial void EpochOpened(this ILogger log, string partition, int epoch, long offset, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "Partition {Partition}: {Count} messages, offsets {From} to {To}, will not be seen: {Reason}")]
    public static partial void Missing(this ILogger log, string partition, long count, long from, long to, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "Kafka client: {Reason}")]
    public static partial void Trouble(this ILogger log, string reason);

    [LoggerMessage(1008, LogLevel.Critical, "Kafka client, fatal: {Reason}")]
    public static partial void Fatal(this ILogger log, string reason);

    [LoggerMessage(1009, LogLevel.Debug, "Reading paused: the pipeline behind is full")]
    public static partial void Paused(this ILogger log);

    [LoggerMessage(1010, LogLevel.Debug, "Reading goes on")]
    public static partial void Resumed(this ILogger log);

    [LoggerMessage(1011, LogLevel.Debug, "librdkafka: {Facility}: {Message}")]
    public static partial void Library(this ILogger log, string facility, string message);

    [LoggerMessage(1012, LogLevel.Warning, "librdkafka: {Facility}: {Message}")]
    public static partial void LibraryWarning(this ILogger log, string facility, string message);

    [LoggerMessage(1013, LogLevel.Warning, "Dead letter for {Source} was refused by the broker for good: {Reason}; it is sent without its value")]
    public static partial void DeadLetterShortened(this ILogger log, string source, string reason);

    [LoggerMessage(1014, LogLevel.Error, "Dead letter for {Source} was refused by the broker for good: {Reason}; the journal keeps it")]
    public static partial void DeadLetterRefused(this ILogger log, string source, string reason);

    [LoggerMessage(1015, LogLevel.Warning, "Offsets could not be stored for commit: {Reason}")]
    public static partial void CommitTrouble(this ILogger log, string reason);

    [LoggerMessage(1016, LogLevel.Information, "Partition {Partition}: the group's committed offset is {Committed}, as this agent left it before it could commit more; the journal's own, {Own}, holds")]
    public static partial void CommitBehind(this ILogger log, string partition, long committed, long own);

    [LoggerMessage(1017, LogLevel.Warning, "Partition {Partition}: the group's committed offset is {Committed} and nothing here tells who set it; the journal's own, {Own}, holds. To read from elsewhere: let this agent commit once, stop it, set the group's offset, start it")]
    public static partial void CommitUnexplained(this ILogger log, string partition, long committed, long own);
}
