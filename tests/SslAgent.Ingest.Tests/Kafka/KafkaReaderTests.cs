using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

public sealed class KafkaReaderTests
{
    [Fact]
    public void Messages_come_in_order_with_their_coordinates()
    {
        using var stream = new TestStream();
        stream.Produce(0, 100);
        KafkaReader reader = stream.NewReader();
        List<StreamEvent> events = TestStream.TakeMessages(reader, 100);
        Assert.Equal(TestStream.Numbered(0, 100), TestStream.Lines(events));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => new SourceOffset(TestStream.Topic, 0, 0, i)), events.OfType<StreamEvent.Delivered>().Select(e => e.Delivery.At));
    }

    [Fact]
    public void A_known_partition_begins_at_the_journals_next_offset_and_not_at_the_committed_one()
    {
        using var stream = new TestStream();
        stream.Produce(0, 20);
        using (KafkaReader first = stream.NewReader())
        {
            TestStream.TakeMessages(first, 20);
            first.Commit([new PartitionPosition(TestStream.Topic, 0, 0, 5)]);
        }

        stream.Positions.Set(TestStream.Topic, 0, 12);
        Assert.Equal(TestStream.Numbered(12, 20), TestStream.Lines(TestStream.TakeMessages(stream.NewReader(), 8)));
    }

    [Fact]
    public void An_unknown_partition_begins_at_the_committed_offset()
    {
        using var stream = new TestStream();
        stream.Produce(0, 20);
        using (KafkaReader first = stream.NewReader())
        {
            TestStream.TakeMessages(first, 20);
            first.Commit([new PartitionPosition(TestStream.Topic, 0, 0, 15)]);
        }

        Assert.Equal(TestStream.Numbered(15, 20), TestStream.Lines(TestStream.TakeMessages(stream.NewReader(), 5)));
    }

    [Fact]
    public void What_is_not_declared_durable_is_never_committed()
    {
        using var stream = new TestStream();
        stream.Produce(0, 20);
        using (KafkaReader first = stream.NewReader()) TestStream.TakeMessages(first, 20);
        Assert.Equal(TestStream.Numbered(0, 20), TestStream.Lines(TestStream.TakeMessages(stream.NewReader(), 20)));
    }

    [Fact]
    public void An_end_right_behind_a_partition_that_was_assigned_anew_harms_nobody()
    {
        // Told to stop a partition a second time before the first stop is done, librdkafka ends the process.
        using var stream = new TestStream(partitions: 8);
        for (int round = 0; round < 12; round++)
        {
            for (int partition = 0; partition < 8; partition++) stream.Positions.Set(TestStream.Topic, partition, 1_000 + round);
            using KafkaReader reader = stream.NewReader();
            TestStream.TakeUntil<StreamEvent.EpochChanged>(reader);
            reader.StopReading();
        }
    }

    [Fact]
    public void A_topic_made_anew_opens_an_epoch_before_its_first_message()
    {
        using var stream = new TestStream();
        stream.Produce(0, 5);
        stream.Positions.Set(TestStream.Topic, 0, nextOffset: 500, epoch: 2);
        List<StreamEvent> events = TestStream.TakeMessages(stream.NewReader(), 5);
        int opened = events.FindIndex(e => e is StreamEvent.EpochChanged { Epoch: 3, FirstOffset: 0, Topic: TestStream.Topic, Partition: 0 });
        Assert.InRange(opened, 0, events.FindIndex(e => e is StreamEvent.Delivered) - 1);
        Assert.All(events.OfType<StreamEvent.Delivered>(), delivered => Assert.Equal(3, delivered.Delivery.At.Epoch));
        Assert.Equal(TestStream.Numbered(0, 5), TestStream.Lines(events));
    }
}
