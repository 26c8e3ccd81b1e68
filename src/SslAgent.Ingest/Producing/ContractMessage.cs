using System.Buffers;
using System.Text;
using MessagePack;
using SslAgent.Domain;

namespace SslAgent.Ingest.Producing;

/// <summary>
/// A message of the MessagePack contract (docs/formats/wire.md) as a sender fills it in. Exactly one of <see cref="Data"/> (a frame) and
/// <see cref="Text"/> is given.
/// </summary>
public sealed record ContractMessage
{
    /// <summary>Who produced it; also the Kafka key.</summary>
    public required string Source { get; init; }

    /// <summary>Milliseconds since 1970 UTC, or null to leave it to Kafka's timestamp.</summary>
    public long? TimeMs { get; init; }

    /// <summary>Unique within the source; a message sent twice is recognised by it.</summary>
    public string? Id { get; init; }

    /// <summary>Shared by the two halves of a pair.</summary>
    public string? Pair { get; init; }

    /// <summary>A frame's bytes: an encoded picture, or raw pixels with <see cref="Format"/> <c>rgb8</c>.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary><c>jpeg</c>, <c>png</c>, <c>webp</c>, <c>gif</c>, <c>rgb8</c>, or null where the bytes tell.</summary>
    public string? Format { get; init; }

    /// <summary>Pixels; needed for <c>rgb8</c> only.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; needed for <c>rgb8</c> only.</summary>
    public int? Height { get; init; }

    /// <summary>A frame's own words.</summary>
    public string? Caption { get; init; }

    /// <summary>A text's words.</summary>
    public string? Text { get; init; }

    public OutgoingMessage To(string topic) =>
        new(topic, Encoding.UTF8.GetBytes(Source), Encode(), [new MessageHeader("content-type", "application/msgpack"u8.ToArray())]);

    public byte[] Encode()
    {
        Check.That(Data is null != Text is null, "a contract message is a frame or a text");
        var buffer = new ArrayBufferWriter<byte>((Data?.Length ?? 0) + 256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(Count());
        writer.Write("v");
        writer.Write(1);
        Write(ref writer, "kind", Data is null ? "text" : "frame");
        Write(ref writer, "source", Source);
        Write(ref writer, "id", Id);
        Write(ref writer, "ts", TimeMs);
        Write(ref writer, "pair", Pair);
        Write(ref writer, "format", Format);
        Write(ref writer, "width", Width);
        Write(ref writer, "height", Height);
        Write(ref writer, "caption", Caption);
        Write(ref writer, "text", Text);
        if (Data is { } data)
        {
            writer.Write("data");
            writer.Write(data.Span);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(ref MessagePackWriter writer, string key, string? value)
    {
        if (value is null) return;
        writer.Write(key);
        writer.Write(value);
    }

    private static void Write(ref MessagePackWriter writer, string key, long? value)
    {
        if (value is not { } number) return;
        writer.Write(key);
        writer.Write(number);
    }

    private int Count() =>
        4 + new object?[] { Id, TimeMs, Pair, Format, Width, Height, Caption }.Count(value => value is not null);
}
