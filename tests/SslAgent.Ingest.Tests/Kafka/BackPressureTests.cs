using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

public sealed class BackPressureTests
{
    [Fact]
    public void A_slow_taker_pauses_reading_and_loses_nothing()
    {
        using var stream = new TestStream();
        stream.Options = stream.Options with { QueueMessages = 64 };
        stream.Produce(0, 2_000);
        KafkaReader reader = stream.NewReader();
        SpinWait.SpinUntil(() => reader.QueuedCount >= 64, TestStream.Patience);

        // Long enough for the reader to wait for room in vain, and to pause.
        var queued = new List<int>();
        using var never = new ManualResetEventSlim();
        for (int i = 0; i < 10; i++)
        {
            never.Wait(TimeSpan.FromMilliseconds(60));
            queued.Add(reader.QueuedCount);
        }

        Assert.All(queued, count => Assert.InRange(count, 64, 66));
        Assert.Equal(TestStream.Numbered(0, 2_000), TestStream.Lines(TestStream.TakeMessages(reader, 2_000)));
    }

    [Fact]
    public void The_queue_is_bounded_in_bytes_too()
    {
        using var stream = new TestStream();
        stream.Options = stream.Options with { QueueBytes = 65_536 };
        for (int i = 0; i < 40; i++)
        {
            stream.Producer.Produce(TestStream.Topic, new Confluent.Kafka.Message<byte[]?, byte[]?> { Value = new byte[20_000] });
        }

        stream.Producer.Flush(TestStream.Patience);
        KafkaReader reader = stream.NewReader();
        SpinWait.SpinUntil(() => reader.QueuedCount >= 4, TestStream.Patience);
        Assert.Equal(4, reader.QueuedCount);
        TestStream.TakeMessages(reader, 40);
    }

    [Fact]
    public void Headers_fill_the_queue_as_values_do()
    {
        var queue = new DeliveryQueue(1_000, 100_000);
        MessageHeader[] headers = [.. Enumerable.Repeat(new MessageHeader("name", null), 300)];
        int added = 0;
        for (; queue.HasRoom; added++) queue.Add(new StreamEvent.Delivered(new Delivery(new SourceOffset("t", 0, 0, 0), 0, null, [], headers)));
        Assert.Equal(4, added);
        queue.Take([], 4, TimeSpan.Zero, default);
        Assert.True(queue.IsHalfEmpty);
    }

    [Fact]
    public void A_taker_that_is_cancelled_comes_back_at_once_with_nothing()
    {
        var queue = new DeliveryQueue(4, 1_000);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal(0, queue.Take([], 10, TestStream.Patience, cancelled.Token));
    }

    [Fact]
    public void A_failed_queue_gives_what_it_has_and_then_the_reason()
    {
        var queue = new DeliveryQueue(4, 1_000);
        queue.Add(new StreamEvent.ClientTrouble("first", false));
        queue.Complete(new IOException("the reason"));
        queue.Add(new StreamEvent.ClientTrouble("too late", false));
        var taken = new List<StreamEvent>();
        Assert.Equal(1, queue.Take(taken, 10, TimeSpan.Zero, default));
        KafkaReadException failure = Assert.Throws<KafkaReadException>(() => queue.Take(taken, 10, TimeSpan.Zero, default));
        Assert.Contains("the reason", failure.Message, StringComparison.Ordinal);
        Assert.Single(taken);
    }

    [Fact]
    public void Half_empty_is_well_below_full()
    {
        var queue = new DeliveryQueue(10, 1_000);
        for (int i = 0; i < 10; i++) queue.Add(Message(10));
        Assert.False(queue.HasRoom);
        queue.Take([], 1, TimeSpan.Zero, default);
        Assert.True(queue.HasRoom);
        Assert.False(queue.IsHalfEmpty);
        queue.Take([], 4, TimeSpan.Zero, default);
        Assert.True(queue.IsHalfEmpty);
        queue.Add(Message(600));
        Assert.False(queue.IsHalfEmpty);
    }

    private static StreamEvent.Delivered Message(int bytes) =>
        new(new Delivery(new SourceOffset("t", 0, 0, 0), 0, null, new byte[bytes], []));
}
