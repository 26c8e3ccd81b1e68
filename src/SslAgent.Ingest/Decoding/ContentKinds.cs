using SslAgent.Ingest.Frames;

namespace SslAgent.Ingest.Decoding;

/// <summary>What a message value is written in.</summary>
internal enum ContentKind
{
    Contract = 0,
    Json = 1,
    Text = 2,
    Image = 3,
}

/// <summary>Tells the kind of a value by its declared content type or, without one, by its first bytes.</summary>
internal static class ContentKinds
{
    private const int MapOf16 = 0xDE, MapOf32 = 0xDF;

    /// <summary>The kind that a content type names (parameters such as a charset are passed over), or null.</summary>
    public static ContentKind? Of(string contentType)
    {
        string type = contentType.Split(';', 2)[0].Trim().ToLowerInvariant();
        return type switch
        {
            "application/msgpack" or "application/x-msgpack" or "application/vnd.msgpack" => ContentKind.Contract,
            "application/json" or "application/x-ndjson" or "text/json" => ContentKind.Json,
            "text/plain" or "text/utf-8" => ContentKind.Text,
            _ => type.StartsWith("image/", StringComparison.Ordinal) ? ContentKind.Image : null,
        };
    }

    /// <summary>The kind that the bytes look like. JSON is a guess that parsing must confirm; anything unknown counts as text.</summary>
    public static ContentKind Sniff(ReadOnlySpan<byte> value)
    {
        if (PictureFormat.Sniff(value) is not null) return ContentKind.Image;
        if (LooksLikeMap(value)) return ContentKind.Contract;
        return value.TrimStart(" \t\r\n"u8).StartsWith("{"u8) ? ContentKind.Json : ContentKind.Text;
    }

    /// <summary>
    /// True for a MessagePack map: 0x80 to 0x8F cannot begin UTF-8; 0xDE and 0xDF can, but then a byte of 0x80 or more follows, which as a
    /// map would mean over 32,000 keys.
    /// </summary>
    private static bool LooksLikeMap(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return false;
        return value[0] is >= 0x81 and <= 0x8F || (value[0] is MapOf16 or MapOf32 && value.Length > 2 && value[1] < 0x80);
    }
}
