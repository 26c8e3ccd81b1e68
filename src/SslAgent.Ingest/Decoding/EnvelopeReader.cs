using SslAgent.Domain;

namespace SslAgent.Ingest.Decoding;

/// <summary>Finds content and facts in a message's value, by what the header, the topic's setting or the first bytes say it is. Used by one thread at a time.</summary>
internal sealed class EnvelopeReader
{
    private readonly SourceNames _names = new();
    private readonly ContractDecoder _contract;
    private readonly JsonDecoder _json;
    private readonly Dictionary<string, ContentKind> _kindByTopic;

    public EnvelopeReader(IngestOptions options)
    {
        _contract = new ContractDecoder(_names);
        _json = new JsonDecoder(options.Json, _names);
        _kindByTopic = options.ContentTypes.ToDictionary(
            topic => topic.Key,
            topic => ContentKinds.Of(topic.Value) ?? throw new BrokenInvariantException("content types are validated at start"));
    }

    /// <summary>What the message's headers say.</summary>
    public EnvelopeHeaders Headers(Delivery delivery) => new(delivery, _names);

    /// <summary>The message's source; where nobody named one its key, or else its partition.</summary>
    public string Source(Delivery delivery, string? named) => named ?? _names.Read(delivery.Key) ?? _names.OfPartition(delivery.At.Topic, delivery.At.Partition);

    public Rejection? Open(Delivery delivery, byte[] value, EnvelopeHeaders headers, ref Envelope envelope)
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
}
