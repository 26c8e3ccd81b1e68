using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// Records of the samples log as bytes. Frames are raw pixels and stand last, so that a text is found without touching them.
/// </summary>
internal static class SampleCodec
{
    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Sentinel = 1,
        Id = 2,
        PairKey = 4,
        Text = 8,
        Frame = 16,
    }

    public static void Encode(JournalRecord.Admitted admitted, PayloadWriter to)
    {
        Sample sample = admitted.Sample;
        to.Byte((byte)PartsOf(admitted));
        Encode(sample.At, to);
        to.String(sample.Source);
        to.Int64(sample.TimeMs);
        if (sample.Id is not null) to.String(sample.Id);
        if (sample.PairKey is not null) to.String(sample.PairKey);
        if (sample.Text is not null) to.Bytes(sample.Text.Utf8);
        if (sample.Frame is null) return;
        Check.That(sample.Frame.Rgb.Length == sample.Frame.Width * sample.Frame.Height * Frame.Channels, "a frame has three bytes a pixel");
        to.Int32(sample.Frame.Width);
        to.Int32(sample.Frame.Height);
        to.Bytes(sample.Frame.Rgb);
    }

    public static JournalRecord.Admitted DecodeAdmitted(ref PayloadReader from)
    {
        var parts = (Parts)from.Byte();
        SourceOffset at = DecodeAt(ref from);
        string source = from.String();
        long timeMs = from.Int64();
        string? id = parts.HasFlag(Parts.Id) ? from.String() : null;
        string? pairKey = parts.HasFlag(Parts.PairKey) ? from.String() : null;
        Text? text = parts.HasFlag(Parts.Text) ? new Text(from.Bytes().ToArray()) : null;
        Frame? frame = parts.HasFlag(Parts.Frame) ? new Frame(from.Int32(), from.Int32(), from.Bytes().ToArray()) : null;
        return new JournalRecord.Admitted(new Sample(at, source, timeMs, id, pairKey, frame, text), parts.HasFlag(Parts.Sentinel));
    }

    /// <summary>Only the text of an admitted sample: its frame is passed over.</summary>
    public static Text? DecodeText(ReadOnlySpan<byte> payload)
    {
        var from = new PayloadReader(payload);
        Parts parts = SkipToContent(ref from);
        return parts.HasFlag(Parts.Text) ? new Text(from.Bytes().ToArray()) : null;
    }

    /// <summary>Only the frame of an admitted sample.</summary>
    public static Frame? DecodeFrame(ReadOnlySpan<byte> payload)
    {
        var from = new PayloadReader(payload);
        Parts parts = SkipToContent(ref from);
        if (parts.HasFlag(Parts.Text)) from.Bytes();
        return parts.HasFlag(Parts.Frame) ? new Frame(from.Int32(), from.Int32(), from.Bytes().ToArray()) : null;
    }

    /// <summary>Where an admitted sample came from, its content passed over.</summary>
    public static SampleOrigin DecodeOrigin(long sequence, ReadOnlySpan<byte> payload)
    {
        var from = new PayloadReader(payload);
        var parts = (Parts)from.Byte();
        return new SampleOrigin(new SampleId(sequence), DecodeAt(ref from), from.String(), from.Int64(), parts.HasFlag(Parts.Sentinel));
    }

    public static void Encode(JournalRecord.Rejected rejected, PayloadWriter to)
    {
        Delivery delivery = rejected.Delivery;
        Encode(delivery.At, to);
        to.Int64(delivery.TimeMs);
        to.String(rejected.Rejection.Stage);
        to.String(rejected.Rejection.Reason);
        to.OptionalBytes(delivery.Key);
        to.OptionalBytes(delivery.Value);
        to.Count(delivery.Headers.Count);
        foreach (MessageHeader header in delivery.Headers)
        {
            to.String(header.Name);
            to.OptionalBytes(header.Value);
        }
    }

    public static JournalRecord.Rejected DecodeRejected(ref PayloadReader from)
    {
        SourceOffset at = DecodeAt(ref from);
        long timeMs = from.Int64();
        var rejection = new Rejection(from.String(), from.String());
        byte[]? key = from.OptionalBytes(), value = from.OptionalBytes();
        var headers = new List<MessageHeader>();
        for (int left = from.Count(); left > 0; left--) headers.Add(new MessageHeader(from.String(), from.OptionalBytes()));
        return new JournalRecord.Rejected(new Delivery(at, timeMs, key, value, headers), rejection);
    }

    public static void Encode(SourceOffset at, PayloadWriter to)
    {
        to.String(at.Topic);
        to.Int32(at.Partition);
        to.Int32(at.Epoch);
        to.Int64(at.Offset);
    }

    public static SourceOffset DecodeAt(ref PayloadReader from) => new(from.String(), from.Int32(), from.Int32(), from.Int64());

    private static Parts PartsOf(JournalRecord.Admitted admitted)
    {
        Sample sample = admitted.Sample;
        return (admitted.IsSentinel ? Parts.Sentinel : 0)
            | (sample.Id is null ? 0 : Parts.Id)
            | (sample.PairKey is null ? 0 : Parts.PairKey)
            | (sample.Text is null ? 0 : Parts.Text)
            | (sample.Frame is null ? 0 : Parts.Frame);
    }

    private static Parts SkipToContent(ref PayloadReader from)
    {
        var parts = (Parts)from.Byte();
        from.Bytes();
        from.Int32();
        from.Int32();
        from.Int64();
        from.Bytes();
        from.Int64();
        if (parts.HasFlag(Parts.Id)) from.Bytes();
        if (parts.HasFlag(Parts.PairKey)) from.Bytes();
        return parts;
    }
}
