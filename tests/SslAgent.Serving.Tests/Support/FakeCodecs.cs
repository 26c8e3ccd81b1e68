using System.Text;
using SslAgent.Domain;

namespace SslAgent.Serving.Tests.Support;

/// <summary>Pictures are bytes that start with 'P'; the rest is their shade. Texts are trimmed and must not be empty.</summary>
internal sealed class FakeCodecs : IFrameCodec, ITextCodec
{
    public static ServingCodecs Both { get; } = new(new FakeCodecs(), new FakeCodecs());

    public static string DataUri(byte shade) => $"data:image/png;base64,{Convert.ToBase64String([(byte)'P', shade])}";

    public FrameDecoding Decode(ReadOnlyMemory<byte> encoded) => encoded.Length >= 2 && encoded.Span[0] == 'P'
        ? new FrameDecoding(Some.Frame(encoded.Span[1]).Frame, null)
        : new FrameDecoding(null, new Rejection("frame", "these bytes are no picture"));

    public byte[] EncodePng(Frame frame) => throw new NotSupportedException("nobody asks serving for pictures");

    TextDecoding ITextCodec.Decode(ReadOnlyMemory<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8.Span).Trim();
        return text.Length > 0
            ? new TextDecoding(new Text(Encoding.UTF8.GetBytes(text)), null)
            : new TextDecoding(null, new Rejection("text", "the text is empty"));
    }
}
