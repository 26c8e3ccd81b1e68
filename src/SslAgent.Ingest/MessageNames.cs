using SslAgent.Domain;
using SslAgent.Ingest.Decoding;

namespace SslAgent.Ingest;

/// <summary>Who sent a message and what he called it, as far as its envelope can be read: for people who look into what was rejected. Used by one thread at a time.</summary>
public sealed class MessageNames(IngestOptions options)
{
    private readonly EnvelopeReader _envelopes = new(options);

    /// <returns>The source, as <see cref="MessageDecoder"/> would name it, and the message's own id, or null where it has none.</returns>
    public (string Source, string? Id) Of(Delivery delivery)
    {
        EnvelopeHeaders headers = _envelopes.Headers(delivery);
        Envelope envelope = headers.Envelope;
        // What is wrong with it is known already; what was read before that point counts.
        if (delivery.Value is { } value && headers.Wrong is null) _ = _envelopes.Open(delivery, value, headers, ref envelope);
        return (_envelopes.Source(delivery, envelope.Source), envelope.Id);
    }
}
