using System.Text.Json;

namespace SslAgent.Ingest.Kafka;

/// <summary>What is read from librdkafka's statistics (its STATISTICS.md).</summary>
internal static class ClientStatistics
{
    /// <summary>True when a broker of the cluster itself, not only a bootstrap address, is connected.</summary>
    public static bool AnyBrokerUp(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("brokers", out JsonElement brokers)
            && brokers.EnumerateObject().Any(broker =>
                broker.Value.GetProperty("nodeid").GetInt64() >= 0 && broker.Value.GetProperty("state").ValueEquals("UP"));
    }
}
