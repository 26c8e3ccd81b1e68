using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Tests.Frames;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>
/// Messages far above every default of Kafka's own: the reader takes them with the settings that it has out of the box. The embedded broker keeps 5 MB a
/// partition, so a large message stays only while it is the last, and the batch behind it is lost with it.
/// </summary>
[Collection(nameof(CodecMemoryTests))]
public sealed class LargeMessageTests
{
    private const int Large = 64 << 20, Unfolded = 150 << 20;

    [Fact]
    public void Messages_of_64_MiB_in_two_partitions_are_taken_and_the_stream_goes_on()
    {
        using var stream = new TestStream(partitions: 2);
        for (int partition = 0; partition < 2; partition++) Send(stream.Producer, partition, Large);
        KafkaReader reader = stream.NewReader();
        Assert.Equal([(0, 0, Large), (1, 0, Large)], Sizes(TestStream.TakeMessages(reader, 2)));
        for (int partition = 0; partition < 2; partition++)
        {
            stream.Produce(0, 1, partition);
            stream.Produce(1, 3, partition);
        }

        Assert.Equal([(0, 2, 6), (0, 3, 6), (1, 2, 6), (1, 3, 6)], Sizes(TestStream.TakeMessages(reader, 4)));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void A_small_batch_that_unfolds_to_150_MiB_does_not_hold_the_stream(string codec)
    {
        using var stream = new TestStream();
        var properties = new Dictionary<string, string>(stream.Options.Properties)
        {
            ["compression.codec"] = codec, ["message.max.bytes"] = "200000000", ["queue.buffering.max.kbytes"] = "400000",
        };
        KafkaOptions options = stream.Options with { Properties = properties };
        using IProducer<byte[]?, byte[]?> producer = new KafkaClients(options, NullLogger.Instance).NewProducer(KafkaSettings.Read(options), _ => { });
        Send(producer, 0, Unfolded);
        KafkaReader reader = stream.NewReader();
        Assert.Equal([(0, 0, Unfolded)], Sizes(TestStream.TakeMessages(reader, 1)));
        stream.Produce(0, 1);
        stream.Produce(1, 3);

        // Snappy leaves 7 MB of it, and so costs the next batch.
        int follow = codec == "snappy" ? 2 : 3;
        Assert.Equal((0, 3, 6), Sizes(TestStream.TakeMessages(reader, follow)).Last());
    }

    private static void Send(IProducer<byte[]?, byte[]?> producer, int partition, int bytes)
    {
        Error? error = null;
        producer.Produce(new TopicPartition(TestStream.Topic, partition), new Message<byte[]?, byte[]?> { Value = new byte[bytes] }, report => error = report.Error);
        producer.Flush(TestStream.Patience);
        Assert.Equal(ErrorCode.NoError, error?.Code);
    }

    private static IEnumerable<(int Partition, long Offset, int Bytes)> Sizes(IEnumerable<StreamEvent> events) => events.OfType<StreamEvent.Delivered>()
        .Select(delivered => (delivered.Delivery.At.Partition, delivered.Delivery.At.Offset, delivered.Delivery.Value?.Length ?? -1)).Order();
}
