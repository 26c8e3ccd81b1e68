namespace SslAgent.Domain;

/// <summary>A Kafka header, value as delivered (null is legal in Kafka).</summary>
public sealed record MessageHeader(string Name, byte[]? Value);

/// <summary>A message as Kafka delivered it, before anything is believed about it.</summary>
/// <param name="TimeMs">Kafka's timestamp, milliseconds since 1970 UTC.</param>
public sealed record Delivery(SourceOffset At, long TimeMs, byte[]? Key, byte[]? Value, IReadOnlyList<MessageHeader> Headers)
{
    // An object, a string and an array, and the place in the list.
    private const int HeaderOverhead = 96;

    /// <summary>About what it holds in memory. Headers count with what each costs beside its contents: a producer may send a million empty ones.</summary>
    public long Bytes
    {
        get
        {
            long bytes = (Value?.Length ?? 0) + (long)(Key?.Length ?? 0);
            for (int i = 0; i < Headers.Count; i++) bytes += HeaderOverhead + (2L * Headers[i].Name.Length) + (Headers[i].Value?.Length ?? 0);
            return bytes;
        }
    }
}

/// <summary>Why a message was refused. A value, never an exception: bad input stops nothing.</summary>
/// <param name="Stage">The step that refused it: <c>envelope</c>, <c>frame</c>, <c>text</c>, <c>limits</c>.</param>
/// <param name="Reason">A sentence with value, unit and limit.</param>
public sealed record Rejection(string Stage, string Reason);

/// <summary>Why a delivered message was neither kept nor refused.</summary>
public enum SkipReason
{
    /// <summary>A null value: Kafka's deletion marker.</summary>
    Tombstone = 0,

    /// <summary>The source's sampling setting keeps one in n.</summary>
    SampledOut = 1,

    /// <summary>The source sent faster than its rate limit.</summary>
    RateLimited = 2,

    /// <summary>A producer's retry: the same source and id was admitted before.</summary>
    ProducerRetry = 3,

    /// <summary>The exact text of a sentinel: training on it would leak the probe.</summary>
    SentinelDuplicate = 4,

    /// <summary>The operator denied this stretch of the stream (rollback with deny).</summary>
    Denied = 5,
}

/// <summary>What ingest made of one delivered message: exactly one of these per message, in delivery order.</summary>
public abstract record Intake(SourceOffset At)
{
    /// <summary>Valid content, offered to the journal (which may still find it a retry or a sentinel).</summary>
    public sealed record Accepted(Sample Sample) : Intake(Sample.At);

    /// <summary>Refused; the delivery is kept whole for the dead letters.</summary>
    public sealed record Refused(Delivery Delivery, Rejection Rejection) : Intake(Delivery.At);

    /// <summary>Passed over, counted by source and reason.</summary>
    public sealed record PassedOver(SourceOffset At, string Source, SkipReason Reason) : Intake(At);
}
