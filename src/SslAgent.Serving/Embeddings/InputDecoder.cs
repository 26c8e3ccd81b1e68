using System.Buffers.Text;
using System.Text;
using SslAgent.Domain;
using SslAgent.Serving.Http;

namespace SslAgent.Serving.Embeddings;

/// <summary>
/// Turns the strings of a request into frames and texts through the same codecs that read the stream, so that the towers meet at serving
/// what they met in training. A data URI of a picture is a picture, everything else is text.
/// </summary>
internal sealed class InputDecoder(IFrameCodec frames, ITextCodec texts, int pictureBytesMax)
{
    private const string PictureScheme = "data:image/", Base64Marker = ";base64";

    /// <summary>All inputs, or the first fault.</summary>
    public (IReadOnlyList<EmbeddingInput> Inputs, ApiError? Error) Decode(EmbeddingsQuery query, CancellationToken cancellation)
    {
        List<EmbeddingInput> decoded = new(query.Inputs.Count);
        for (int i = 0; i < query.Inputs.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string where = query.Inputs.Count == 1 ? "input" : $"input[{i}]";
            (EmbeddingInput? input, ApiError? error) = DecodeOne(query.Space, query.Inputs[i], where);
            if (input is null) return ([], error);
            decoded.Add(input);
        }

        return (decoded, null);
    }

    private (EmbeddingInput? Input, ApiError? Error) DecodeOne(EmbeddingSpace space, string input, string where)
    {
        bool isPicture = input.StartsWith(PictureScheme, StringComparison.OrdinalIgnoreCase);
        return (space, isPicture) switch
        {
            (EmbeddingSpace.Frames, false) =>
                (null, ApiError.BadRequest($"{where} is no picture: the model 'frames' takes data URIs, as in data:image/png;base64,…", "input")),
            (EmbeddingSpace.Text, true) =>
                (null, ApiError.BadRequest($"{where} is a picture: the model 'text' takes none, 'frames' and 'joint' do", "input")),
            (_, true) => DecodeFrame(input, where),
            (_, false) => DecodeText(input, where),
        };
    }

    private (EmbeddingInput? Input, ApiError? Error) DecodeText(string input, string where)
    {
        TextDecoding decoding = texts.Decode(Encoding.UTF8.GetBytes(input));
        return decoding.Text is { } text
            ? (new EmbeddingInput(null, text), null)
            : (null, ApiError.BadRequest($"{where}: {decoding.Rejection?.Reason}", "input", "invalid_text"));
    }

    private (EmbeddingInput? Input, ApiError? Error) DecodeFrame(string input, string where)
    {
        int comma = input.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !input.AsSpan(0, comma).EndsWith(Base64Marker, StringComparison.OrdinalIgnoreCase))
        {
            return (null, ApiError.BadRequest($"{where} is a data URI that is not base64: data:image/png;base64,…", "input", "invalid_data_uri"));
        }

        ReadOnlySpan<char> payload = input.AsSpan(comma + 1);
        if (!Base64.IsValid(payload, out int bytes))
        {
            return (null, ApiError.BadRequest($"{where} is a data URI whose base64 is broken", "input", "invalid_data_uri"));
        }

        if (bytes > pictureBytesMax)
        {
            return (null, ApiError.TooLarge($"{where} is a picture of {bytes} bytes, the limit is {pictureBytesMax} bytes", "input"));
        }

        byte[] encoded = new byte[bytes];
        bool ok = Convert.TryFromBase64Chars(payload, encoded, out int written);
        Check.That(ok && written == bytes, "valid base64 decodes to its announced length");
        FrameDecoding decoding = frames.Decode(encoded);
        return decoding.Frame is { } frame
            ? (new EmbeddingInput(frame, null), null)
            : (null, ApiError.BadRequest($"{where}: {decoding.Rejection?.Reason}", "input", "invalid_picture"));
    }
}
