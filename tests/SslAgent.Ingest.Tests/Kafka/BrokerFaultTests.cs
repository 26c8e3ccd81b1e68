using SslAgent.Domain;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

public sealed class BrokerFaultTests
{
    private const int NotLeader = 6, CoordinatorNotAvailable = 15, FetchFailed = 7, UnknownTopic = 3;

    [Fact]
    public void A_broker_that_goes_and_comes_back_is_read_on_from_where_it_was()
    {
        using var stream = new TestStream();
        stream.Produce(0, 50);
        KafkaReader reader = stream.NewReader();
        List<StreamEvent> events = TestStream.TakeMessages(reader, 50);
        stream.Broker.TakeDown();
        StreamEvent.ClientTrouble trouble = TestStream.TakeUntil<StreamEvent.ClientTrouble>(reader, events);
        Assert.False(trouble.IsFatal);
        Assert.NotNull(reader.Problem);
        stream.Broker.BringUp();
        stream.Produce(50, 120);
        events.AddRange(TestStream.TakeMessages(reader, 70));
        Assert.Equal(TestStream.Numbered(0, 120), TestStream.Lines(events));
        Assert.True(SpinWait.SpinUntil(() => reader.Problem is null, TestStream.Patience));
    }

    [Fact]
    public void Failing_requests_and_moving_leaders_lose_nothing_and_repeat_nothing()
    {
        using var stream = new TestStream(brokers: 3);
        stream.Broker.MoveLeader(TestStream.Topic, 0, 1);
        KafkaReader reader = stream.NewReader();
        stream.Produce(0, 30);
        List<StreamEvent> events = TestStream.TakeMessages(reader, 30);
        stream.Broker.FailRequests(BrokerRequest.Fetch, NotLeader, FetchFailed, NotLeader);
        stream.Produce(30, 60);
        events.AddRange(TestStream.TakeMessages(reader, 30));
        stream.Broker.MoveLeader(TestStream.Topic, 0, 2);
        stream.Broker.SlowDown(TimeSpan.FromMilliseconds(150), broker: 2);
        stream.Produce(60, 90);
        events.AddRange(TestStream.TakeMessages(reader, 30));
        Assert.Equal(TestStream.Numbered(0, 90), TestStream.Lines(events));
    }

    [Fact]
    public void A_coordinator_that_does_not_answer_delays_the_beginning_and_skips_nothing()
    {
        using var stream = new TestStream();
        stream.Produce(0, 10);
        stream.Broker.FailRequests(BrokerRequest.FindCoordinator, CoordinatorNotAvailable, CoordinatorNotAvailable);
        Assert.Equal(TestStream.Numbered(0, 10), TestStream.Lines(TestStream.TakeMessages(stream.NewReader(), 10)));
    }

    [Fact]
    public void Messages_that_retention_deleted_are_reported_with_their_offsets()
    {
        using var stream = new TestStream();
        for (int i = 0; i < 100; i++)
        {
            stream.Producer.Produce(TestStream.Topic, new Confluent.Kafka.Message<byte[]?, byte[]?> { Value = new byte[100_000] });
            if (i % 10 == 9) stream.Producer.Flush(TestStream.Patience);
        }

        stream.Positions.Set(TestStream.Topic, 0, nextOffset: 3, epoch: 1);
        var events = new List<StreamEvent>();
        StreamEvent.Delivered first = TestStream.TakeUntil<StreamEvent.Delivered>(stream.NewReader(), events);
        StreamEvent.MessagesMissing missing = Assert.Single(events.OfType<StreamEvent.MessagesMissing>());
        Assert.Equal((TestStream.Topic, 0, 1, 3), (missing.Topic, missing.Partition, missing.Epoch, missing.From));
        Assert.Equal(new SourceOffset(TestStream.Topic, 0, 1, missing.To), first.Delivery.At);
        Assert.InRange(missing.To, 20, 90);
    }

    [Fact]
    public void A_topic_that_appears_later_is_found()
    {
        using var stream = new TestStream();
        stream.Options = stream.Options with { Topics = ["later", TestStream.Topic] };
        stream.Broker.FailTopic("later", UnknownTopic);
        stream.Produce(0, 3);
        KafkaReader reader = stream.NewReader();
        TestStream.TakeMessages(reader, 3);
        stream.Broker.FailTopic("later", 0);
        stream.Producer.Produce("later", new Confluent.Kafka.Message<byte[]?, byte[]?> { Value = "hello"u8.ToArray() });
        stream.Producer.Flush(TestStream.Patience);
        Assert.Equal(("later", 0L), TestStream.TakeUntil<StreamEvent.Delivered>(reader).Delivery.At is { } at ? (at.Topic, at.Offset) : default);
    }

    [Fact]
    public void Latest_begins_at_the_end_of_unknown_partitions()
    {
        using var stream = new TestStream();
        stream.Options = stream.Options with { StartAt = KafkaStart.Latest };
        stream.Produce(0, 10);
        KafkaReader reader = stream.NewReader();
        Assert.True(SpinWait.SpinUntil(() => reader.Progress.Count == 1 && reader.Progress[0].HighWatermark == 10, TestStream.Patience));
        stream.Produce(10, 15);
        Assert.Equal(TestStream.Numbered(10, 15), TestStream.Lines(TestStream.TakeMessages(reader, 5)));
    }
}
