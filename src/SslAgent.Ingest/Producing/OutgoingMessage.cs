using SslAgent.Domain;

namespace SslAgent.Ingest.Producing;

/// <summary>A message to be sent. A key keeps messages of one source in one partition and so in order.</summary>
/// <param name="Value">The content in any of the forms of docs/formats/wire.md; null is Kafka's deletion marker.</param>
/// <param name="Partition">A partition of the sender's choice, or null to go by the key.</param>
public sealed record OutgoingMessage(string Topic, byte[]? Key, byte[]? Value, IReadOnlyList<MessageHeader> Headers, int? Partition = null);

/// <summary>How far sending has come.</summary>
/// <param name="Sent">Handed to the client.</param>
/// <param name="Acknowledged">With the broker.</param>
/// <param name="Failed">Refused, or not delivered in time; not sent again.</param>
/// <param name="Bytes">Bytes of values sent.</param>
public sealed record ProduceProgress(long Sent, long Acknowledged, long Failed, long Bytes);

/// <summary>Something that messages come from.</summary>
public interface IMessageSource
{
    IAsyncEnumerable<OutgoingMessage> Messages(CancellationToken cancellation);
}
