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
    private readonly SourceNames _names = new();
    private readonly ContractDecoder _contract;
    private readonly JsonDecoder _json;
    private readonly SourceThrottle _throttle;
    private readonly Dictionary<string, ContentKind> _kindByTopic;

    public MessageDecoder(IngestOptions options, VipsFrameCodec frames, TextCodec texts)
    {
        _options = options;
        _frames = frames;
        _texts = texts;
        _contract = new ContractDecoder(_names);
        _json = new JsonDecoder(options.Json, _names);
        _throttle = new SourceThrottle(options.Sources);
        _kindByTopic = options.ContentTypes.ToDictionary(
            topic => topic.Key,
            topic => ContentKinds.Of(topic.Value) ?? throw new BrokenInvariantException("content types are validated at start"));
    }

    public Intake Decode(Delivery delivery)
    {
        Intake intake = Judge(delivery);
        IngestMetrics.Count(delivery, intake);
        return intake;
    }

    private Intake Judge(Delivery delivery)
    {
        var headers = new EnvelopeHeaders(delivery, _names);
        if (delivery.Value is not { } value)
        {
            return new Intake.PassedOver(delivery.At, headers.Envelope.Source ?? DefaultSource(delivery), SkipReason.Tombstone);
        }

        if (value.Length > _options.MessageBytesMax)
        {
            return Refuse(delivery, new Rejection("limits", $"the message has {value.Length} bytes, the limit is {_options.MessageBytesMax}"));
        }

        Envelope envelope = headers.Envelope;
        if ((headers.Wrong ?? Open(delivery, value, headers, ref envelope)) is { } wrong) return Refuse(delivery, wrong);
        string source = envelope.Source ?? DefaultSource(delivery);
        long timeMs = envelope.TimeMs ?? Math.Clamp(delivery.TimeMs, 0, MessageTime.MsMax);
        if (_throttle.Judge(source, delivery.At, timeMs) is { } skip) return new Intake.PassedOver(delivery.At, source, skip);
        return Decode(delivery, envelope, source, timeMs);
    }

    private static Intake.Refused Refuse(Delivery delivery, Rejection rejection) => new(KeptDelivery.Of(delivery), rejection);

    private string DefaultSource(Delivery delivery) =>
        _names.Read(delivery.Key) ?? _names.OfPartition(delivery.At.Topic, delivery.At.Partition);

    /// <summary>Finds content and facts in the value, by what the header, the topic's setting or the first bytes say it is.</summary>
    private Rejection? Open(Delivery delivery, byte[] value, EnvelopeHeaders headers, ref Envelope envelope)
    {
        ContentKind? declared = headers.Kind ?? (_kindByTopic.TryGetValue(delivery.At.Topic, out ContentKind byTopic) ? byTopic : null);
        switch (declared ?? ContentKinds.Sniff(value))
        {
            case ContentKind.Contract:
                return _contract.Decode(value, ref envelope);
            case ContentKind.Image:
                (envelope.Picture, envelope.HasPicture) = (value, true);
                return null;
            case ContentKind.Json:
                Envelope asJson = envelope;
                Rejection? wrong = _json.Decode(value, ref asJson, out bool isJson);
                // A guess that parsing does not confirm leaves nothing behind: no source or time from half an object.
                if (!isJson && declared is null) break;
                envelope = asJson;
                return wrong;
        }

        (envelope.Text, envelope.HasText) = (value, true);
        return null;
    }

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
