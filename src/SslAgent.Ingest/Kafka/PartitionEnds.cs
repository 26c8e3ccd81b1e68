using Confluent.Kafka;

namespace SslAgent.Ingest.Kafka;

/// <summary>The first offset that the broker still has, and the one after its last.</summary>
internal readonly record struct PartitionEnds(long Low, long High)
{
    // What the protocol's ListOffsets takes in place of a time.
    private const long Earliest = -2, Latest = -1;

    /// <summary>
    /// Asks for each end by itself. The client's own QueryWatermarkOffsets answers low = high, and no error, where the first of its two requests failed
    /// (librdkafka 2.0.2): that would read as a retention that deleted everything. Throws <see cref="KafkaException"/> where an end is not known.
    /// </summary>
    public static PartitionEnds Ask(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, TimeSpan wait)
    {
        long low = Ask(consumer, partition, Earliest, wait), high = Ask(consumer, partition, Latest, wait);
        return low <= high ? new(low, high) : throw new KafkaException(new Error(ErrorCode.Local_BadMsg, $"the first offset is {low} and the end {high}"));
    }

    private static long Ask(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, long end, TimeSpan wait)
    {
        long offset = consumer.OffsetsForTimes([new(partition, new Timestamp(end, TimestampType.CreateTime))], wait)[0].Offset.Value;
        return offset >= 0 ? offset : throw new KafkaException(new Error(ErrorCode.Local_BadMsg, "the broker gave no offset"));
    }
}
