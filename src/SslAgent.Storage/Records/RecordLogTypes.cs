namespace SslAgent.Storage;

/// <summary>Where a log lives and how large its pieces are.</summary>
/// <param name="Directory">The directory of the segments; several logs may share it.</param>
/// <param name="Prefix">Segments are called <c>PREFIX-SEQUENCE.seg</c>.</param>
/// <param name="Tag">A number in each segment's header that tells this log from others.</param>
/// <param name="SegmentBytes">A segment is closed before it would grow beyond this; one record may be larger.</param>
/// <param name="RecordBytesMax">The largest payload.</param>
public sealed record RecordLogSettings(string Directory, string Prefix, uint Tag, long SegmentBytes, int RecordBytesMax)
{
    /// <summary>Offsets inside a segment fit 32 bits.</summary>
    public const long SegmentBytesLimit = 1L << 30;

    public const int RecordBytesLimit = 1 << 29;
}

/// <summary>One record as stored. The payload is only valid until the cursor that gave it moves on.</summary>
public readonly record struct LogRecord(long Sequence, ushort Kind, ReadOnlyMemory<byte> Payload);

/// <summary>Turns stored bytes into what the caller wants; the span must not outlive the call.</summary>
public delegate TResult RecordDecoder<out TResult>(ushort kind, ReadOnlySpan<byte> payload);

/// <summary>Bytes of a segment that no longer are what was written: from the first to before the last offset.</summary>
public sealed record DamagedRange(string Path, long From, long To)
{
    public override string ToString() => $"{Path}: bytes {From} to {To} ({To - From} bytes)";
}

/// <summary>A segment as seen from outside.</summary>
/// <param name="LastSequence">Of its last record, or one less than the first where it has none.</param>
/// <param name="IsSealed">False for the one that is being appended to.</param>
public sealed record SegmentInfo(
    string Path, long FirstSequence, long LastSequence, long Records, long Bytes, uint Generation, bool IsSealed);

/// <summary>What opening a log found.</summary>
/// <param name="CutBytes">A torn tail: bytes that were never durable, removed.</param>
/// <param name="Damaged">Bytes that had been durable and are unreadable now.</param>
/// <param name="Notes">Leftovers of interrupted work that were tidied up, one sentence each.</param>
public sealed record LogFindings(int Segments, long Bytes, long CutBytes, IReadOnlyList<DamagedRange> Damaged, IReadOnlyList<string> Notes);

/// <summary>A record that is known to have been written and cannot be read any more.</summary>
public sealed class RecordDamagedException(string path, long offset, long sequence)
    : IOException($"record {sequence} in {path} at byte {offset} is damaged: its checksum does not match")
{
    public string Path { get; } = path;

    public long Offset { get; } = offset;

    public long Sequence { get; } = sequence;
}

/// <summary>The log's owner has deleted or rewritten a segment since a reader in another process opened the log.</summary>
public sealed class RecordLogChangedException(string path)
    : IOException($"{path} was retired meanwhile by the process that writes there: run it again")
{
    public string Path { get; } = path;
}

/// <summary>A file of a format that this program does not know.</summary>
public sealed class UnknownFormatException(string path, uint found, uint known)
    : IOException($"{path} has format version {found}; this program reads up to version {known}: "
        + "use the release that wrote it, or a newer one")
{
    public string Path { get; } = path;
}
