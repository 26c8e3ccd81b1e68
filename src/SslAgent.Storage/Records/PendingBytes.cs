namespace SslAgent.Storage;

/// <summary>
/// Frames that are not durable yet, in file order. They stay here until a sync succeeded, so a failed write or sync loses nothing:
/// the same bytes are written again at the same place.
/// </summary>
internal sealed class PendingBytes
{
    // A buffer that a rare huge record made large is let go; one of ordinary group-commit size is kept.
    private const int KeptBytesMax = 16 << 20;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public int Records { get; private set; }

    /// <summary>The last frame's sequence; meaningless while empty.</summary>
    public long LastSequence { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void AppendFrame(long sequence, uint durableBefore, ushort kind, ReadOnlySpan<byte> payload)
    {
        int frame = RecordHeader.Bytes + payload.Length;
        if (Length + frame > _bytes.Length) Array.Resize(ref _bytes, Math.Max(Length + frame, Math.Max(64 * 1024, 2 * _bytes.Length)));
        RecordHeader.WriteFrame(_bytes.AsSpan(Length, frame), sequence, durableBefore, kind, payload);
        Length += frame;
        Records++;
        LastSequence = sequence;
    }

    public void Clear()
    {
        Length = Records = 0;
        if (_bytes.Length > KeptBytesMax) _bytes = [];
    }
}
