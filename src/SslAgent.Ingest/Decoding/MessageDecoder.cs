using SslAgent.Domain;
using SslAgent.Ingest.Decoding;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Texts;

namespace SslAgent.Ingest;

/// <summary>
/// From a delivery to what ingest makes of it: exactly one <see cref="Intake"/> a message, whatever the bytes are; nothing that a
/// producer sends makes it throw. Used by one thread at a time (it remembers names and rates).
/// </summary>
public sealed class MessageDecoder
{
    private readonly IngestOptions _options;
    private readonly VipsFrameCodec _frames;
    private readonly TextCodec _texts;
    private readonly EnvelopeReader _envelopes;
    private readonly SourceThrottle _throttle;

    public MessageDecoder(IngestOptions options, VipsFrameCodec frames, TextCodec texts)
    {
        _options = options;
        _frames = frames;
        _texts = texts;
        _envelopes = new EnvelopeReader(options);
        _throttle = new SourceThrottle(options.Sources);
    }

    public Intake Decode(Delivery delivery)
    {
        Intake intake = Judge(delivery);
        IngestMetrics.Count(delivery, intake);
        return intake;
    }

    private Intake Judge(Delivery delivery)
    {
        EnvelopeHeaders headers = _envelopes.Headers(delivery);
        if (delivery.Value is not { } value)
        {
            return new Intake.PassedOver(delivery.At, _envelopes.Source(delivery, headers.Envelope.Source), SkipReason.Tombstone);
        }

        if (value.Length > _options.MessageBytesMax)
        {
            return Refuse(delivery, new Rejection("limits", $"the message has {value.Length} bytes, the limit is {_options.MessageBytesMax}"));
        }

        Envelope envelope = headers.Envelope;
        if ((headers.Wrong ?? _envelopes.Open(delivery, value, headers, ref envelope)) is { } wrong) return Refuse(delivery, wrong);
        string source = _envelopes.Source(delivery, envelope.Source);
        long timeMs = envelope.TimeMs ?? Math.Clamp(delivery.TimeMs, 0, MessageTime.MsMax);
        if (_throttle.Judge(source, delivery.At, timeMs) is { } skip) return new Intake.PassedOver(delivery.At, source, skip);
        return Decode(delivery, envelope, source, timeMs);
    }

    private static Intake.Refused Refuse(Delivery delivery, Rejection rejection) => new(KeptDelivery.Of(delivery), rejection);

    private Intake Decode(Delivery delivery, in Envelope envelope, string source, long timeMs)
    {
        Text? text = null;
        if (envelope.HasText)
        {
            TextDecoding decoded = _texts.Decode(envelope.Text.Span);
            if (decoded.Rejection is { } wrong) return Refuse(delivery, wrong);
            text = decoded.Text;
        }

        Frame? frame = null;
        if (envelope.HasPicture)
        {
            FrameDecoding decoded = envelope.IsRaw
                ? _frames.DecodeRgb(envelope.Picture, envelope.Width, envelope.Height)
                : _frames.Decode(envelope.Picture);
            if (decoded.Rejection is { } wrong) return Refuse(delivery, wrong);
            frame = decoded.Frame;
        }

        return new Intake.Accepted(new Sample(delivery.At, source, timeMs, envelope.Id, envelope.PairKey, frame, text));
    }
}
