using Confluent.Kafka;
using SslAgent.Configuration;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>What kafka-consumer-groups does with a group's offsets, by the plain client.</summary>
internal static class GroupTool
{
    /// <summary>Sets the committed offset, while nobody reads.</summary>
    public static void SetCommitted(AgentSettings settings, string topic, int partition, long offset)
    {
        using IConsumer<byte[]?, byte[]?> tool = New(settings);
        tool.Commit([new TopicPartitionOffset(topic, partition, offset)]);
    }

    /// <summary>The committed offset; negative where there is none.</summary>
    public static long Committed(AgentSettings settings, string topic, int partition)
    {
        using IConsumer<byte[]?, byte[]?> tool = New(settings);
        return tool.Committed([new TopicPartition(topic, partition)], FaultStream.Patience)[0].Offset.Value;
    }

    private static IConsumer<byte[]?, byte[]?> New(AgentSettings settings) => new ConsumerBuilder<byte[]?, byte[]?>(new Dictionary<string, string>
    {
        ["bootstrap.servers"] = settings.Kafka.BootstrapServers, ["group.id"] = settings.Kafka.GroupId,
    }).SetErrorHandler((_, _) => { }).Build();
}
