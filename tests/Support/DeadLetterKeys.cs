using System.Text;
using Confluent.Kafka;
using SslAgent.Domain;

namespace SslAgent.Support;

/// <summary>An outside reader of the dead letters: which coordinates have arrived there.</summary>
internal static class DeadLetterKeys
{
    /// <summary>Reads the topic from its beginning until each of the coordinates was met, and gives those that were not by the limit.</summary>
    public static IReadOnlyList<SourceOffset> Missing(string servers, string topic, IEnumerable<SourceOffset> rejected, CancellationToken limit)
    {
        Dictionary<string, SourceOffset> waiting = rejected.ToDictionary(at => FormattableString.Invariant($"{at.Topic}/{at.Partition}/{at.Epoch}/{at.Offset}"));
        var settings = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = servers, ["group.id"] = "oracle", ["enable.auto.commit"] = "false", ["auto.offset.reset"] = "earliest",
        };
        using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(PartitionsOf(servers, topic).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (waiting.Count > 0 && !limit.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { Message.Key: { } key }) waiting.Remove(Encoding.UTF8.GetString(key));
        }

        consumer.Close();
        return [.. waiting.Values];
    }

    private static IEnumerable<int> PartitionsOf(string servers, string topic)
    {
        using IAdminClient admin = new AdminClientBuilder(new Dictionary<string, string> { ["bootstrap.servers"] = servers }).Build();
        return [.. admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions.Select(partition => partition.PartitionId)];
    }
}
