namespace SslAgent.Ingest.Decoding;

/// <summary>
/// What a message says, before its content is decoded: a view into the delivery's bytes, good as long as those are. Empty memory
/// means that there is none.
/// </summary>
internal struct Envelope
{
    public string? Source, Id, PairKey;

    /// <summary>Milliseconds since 1970 UTC, or null where the message has no time of its own.</summary>
    public long? TimeMs;

    /// <summary>Encoded picture, or raw pixels where <see cref="IsRaw"/>.</summary>
    public ReadOnlyMemory<byte> Picture;

    /// <summary>UTF-8: the text of a text, the caption of a frame.</summary>
    public ReadOnlyMemory<byte> Text;

    public bool HasText, HasPicture, IsRaw;

    public int Width, Height;
}
