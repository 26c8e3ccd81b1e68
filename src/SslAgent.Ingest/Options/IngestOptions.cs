using System.ComponentModel.DataAnnotations;

namespace SslAgent.Ingest;

/// <summary>Section <c>ingest</c>: how delivered bytes become samples.</summary>
public sealed record IngestOptions
{
    /// <summary>Largest message value, in bytes; a larger one is refused. Default 8 MiB.</summary>
    [Range(1_024, 1_073_741_824)]
    public int MessageBytesMax { get; init; } = 8 * 1_048_576;

    [Required]
    public FrameOptions Frames { get; init; } = new();

    [Required]
    public TextOptions Text { get; init; } = new();

    [Required]
    public JsonOptions Json { get; init; } = new();

    [Required]
    public SourceOptions Sources { get; init; } = new();

    /// <summary>
    /// Content type of a topic's messages that come without a <c>content-type</c> header: <c>application/msgpack</c>,
    /// <c>application/json</c>, <c>text/plain</c> or <c>image/*</c>. Topics not named here are sniffed. Default none.
    /// </summary>
    [Required]
    public IReadOnlyDictionary<string, string> ContentTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>Every fault that no single property shows, one sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (KeyValuePair<string, string> topic in ContentTypes)
        {
            if (Decoding.ContentKinds.Of(topic.Value) is null)
            {
                yield return $"ingest.contentTypes.{topic.Key} is '{topic.Value}': known are application/msgpack, application/json, "
                    + "text/plain and image/*";
            }
        }

        if (Frames.PixelsMax < (long)Frames.StoredSize * Frames.StoredSize)
        {
            yield return $"ingest.frames.pixelsMax is {Frames.PixelsMax} pixels: a stored frame alone has "
                + $"{(long)Frames.StoredSize * Frames.StoredSize}";
        }

        if (Frames.BytesMax > MessageBytesMax)
        {
            yield return $"ingest.frames.bytesMax is {Frames.BytesMax} bytes, above ingest.messageBytesMax of {MessageBytesMax}: "
                + "no such picture would arrive";
        }

        foreach (string fault in Sources.Faults()) yield return fault;
    }
}

/// <summary>How a picture is brought to the square that is stored.</summary>
public enum FrameFit
{
    /// <summary>Scaled until it covers the square, the middle is kept.</summary>
    Crop = 0,

    /// <summary>Scaled until it fits into the square, black around it.</summary>
    Pad = 1,

    /// <summary>Scaled in both directions apart.</summary>
    Stretch = 2,
}

/// <summary>Section <c>ingest.frames</c>.</summary>
public sealed record FrameOptions
{
    /// <summary>Side of the stored square, in pixels; at least the training size. Default 64.</summary>
    [Range(8, 1_024)]
    public int StoredSize { get; init; } = 64;

    /// <summary>Default <c>crop</c>.</summary>
    public FrameFit Fit { get; init; } = FrameFit.Crop;

    /// <summary>Most pixels of a picture as it arrives, held against its header before decoding. Default 25,000,000.</summary>
    [Range(64, 1_000_000_000)]
    public long PixelsMax { get; init; } = 25_000_000;

    /// <summary>Longest side of a picture as it arrives, in pixels. Default 16,384.</summary>
    [Range(8, 65_500)]
    public int SideMax { get; init; } = 16_384;

    /// <summary>Most bytes of an encoded picture. Default 8 MiB.</summary>
    [Range(64, 1_073_741_824)]
    public int BytesMax { get; init; } = 8 * 1_048_576;
}

/// <summary>Section <c>ingest.text</c>.</summary>
public sealed record TextOptions
{
    /// <summary>Longest text kept, in bytes of UTF-8; the rest is cut off at a character boundary. Default 1,024.</summary>
    [Range(16, 1_048_576)]
    public int BytesMax { get; init; } = 1_024;
}
