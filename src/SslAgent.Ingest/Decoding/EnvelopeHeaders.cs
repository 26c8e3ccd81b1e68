using System.Text;
using SslAgent.Domain;

namespace SslAgent.Ingest.Decoding;

/// <summary>
/// What a message's Kafka headers say: its content type, and <c>source</c>, <c>id</c>, <c>ts</c>, <c>pair</c>, <c>caption</c> for those who send bare
/// pictures and lines. What the value itself says wins over these. Of headers with one name the first counts.
/// </summary>
internal readonly struct EnvelopeHeaders
{
    public EnvelopeHeaders(Delivery delivery, SourceNames names)
    {
        Envelope envelope = default;
        for (int i = delivery.Headers.Count - 1; i >= 0; i--)
        {
            MessageHeader header = delivery.Headers[i];
            if (header.Value is not { } value) continue;
            switch (header.Name)
            {
                case "content-type" or "Content-Type" or "contentType":
                    Kind = ContentKinds.Of(Encoding.UTF8.GetString(value.AsSpan(0, Math.Min(value.Length, 128))));
                    Wrong = Kind is null ? new Rejection("envelope", $"the content type '{Printable(value)}' is not one that is read here") : null;
                    break;
                case "source":
                    envelope.Source = names.Read(value);
                    break;
                case "id":
                    envelope.Id = names.Read(value);
                    break;
                case "pair":
                    envelope.PairKey = names.Read(value);
                    break;
                case "ts":
                    envelope.TimeMs = MessageTime.FromUtf8(value);
                    break;
                case "caption":
                    (envelope.Text, envelope.HasText) = (value, true);
                    break;
            }
        }

        Envelope = envelope;
    }

    /// <summary>Facts to start from; the text is the header's caption.</summary>
    public Envelope Envelope { get; }

    public ContentKind? Kind { get; }

    /// <summary>A content type that nobody here reads.</summary>
    public Rejection? Wrong { get; }

    private static string Printable(byte[] value) => Reasons.Printable(Encoding.UTF8.GetString(value.AsSpan(0, Math.Min(value.Length, 64))));
}
