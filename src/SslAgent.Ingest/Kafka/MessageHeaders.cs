using Confluent.Kafka;
using SslAgent.Domain;

namespace SslAgent.Ingest.Kafka;

/// <summary>A message's headers as the rooms know them.</summary>
internal static class MessageHeaders
{
    public static MessageHeader[] Of(Headers? headers)
    {
        if (headers is null || headers.Count == 0) return [];
        var copy = new MessageHeader[headers.Count];
        for (int i = 0; i < copy.Length; i++) copy[i] = new MessageHeader(headers[i].Key, headers[i].GetValueBytes());
        return copy;
    }
}
