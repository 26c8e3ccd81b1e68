using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Tests.Kafka;

namespace SslAgent.Ingest.Tests.Datasets;

public sealed class TopicReaderTests
{
    [Fact]
    public async Task It_reads_one_partition_after_the_other_to_the_ends_of_its_beginning_and_commits_nothing()
    {
        using var stream = new TestStream(partitions: 3);
        stream.Produce(0, 30, partition: 2);
        stream.Produce(30, 50, partition: 0);
        using TopicReader reader = Open(stream, queueMessages: 16);
        List<StreamEvent> events = await TakeAsync(reader, 1);
        stream.Produce(50, 60, partition: 2); // Partition 2 comes last, and the queue is full long before.
        events.AddRange(await TakeAllAsync(reader));
        Assert.Equal([.. TestStream.Numbered(30, 50), .. TestStream.Numbered(0, 30)], TestStream.Lines(events));
        Assert.Equal(50, reader.Given);
        Assert.False(reader.IsCoveredBy(stream.Positions));
        stream.Positions.Set(TestStream.Topic, 0, 20);
        stream.Positions.Set(TestStream.Topic, 2, 30);
        Assert.True(reader.IsCoveredBy(stream.Positions));
        Assert.False(reader.IsCompleted);
        reader.StopReading();
        reader.Dispose();
        Assert.True(reader.IsCompleted);
        Assert.Null(stream.CommittedOffset(0));
    }

    [Fact]
    public async Task A_later_life_goes_on_where_the_journal_stands_in_the_same_order()
    {
        using var stream = new TestStream(partitions: 2);
        stream.Produce(0, 10, partition: 0);
        stream.Produce(10, 20, partition: 1);
        stream.Positions.Set(TestStream.Topic, 0, 7);
        using TopicReader reader = Open(stream);
        List<StreamEvent> events = await TakeAllAsync(reader);
        Assert.Equal([.. TestStream.Numbered(7, 10), .. TestStream.Numbered(10, 20)], TestStream.Lines(events));
        Assert.All(events.OfType<StreamEvent.Delivered>(), delivered => Assert.Equal(0, delivered.Delivery.At.Epoch));

        stream.Positions.Set(TestStream.Topic, 0, 10);
        stream.Positions.Set(TestStream.Topic, 1, 10);
        using TopicReader again = Open(stream);
        Assert.Empty(await TakeAllAsync(again));
        Assert.True(again.IsCoveredBy(stream.Positions));
    }

    [Fact]
    public async Task A_topic_that_was_made_anew_opens_an_epoch_and_is_read_from_its_beginning()
    {
        using var stream = new TestStream();
        stream.Produce(0, 5);
        stream.Positions.Set(TestStream.Topic, 0, 100, epoch: 1);
        using TopicReader reader = Open(stream);
        List<StreamEvent> events = await TakeAllAsync(reader);
        StreamEvent.EpochChanged opened = Assert.IsType<StreamEvent.EpochChanged>(events[0]);
        Assert.Equal((2, 0L), (opened.Epoch, opened.FirstOffset));
        Assert.Contains("offset 100 was next, but the partition ends at 5", opened.Reason, StringComparison.Ordinal);
        Assert.Equal(TestStream.Numbered(0, 5), TestStream.Lines(events));
        stream.Positions.Set(TestStream.Topic, 0, 100, epoch: 1);
        Assert.False(reader.IsCoveredBy(stream.Positions));
        stream.Positions.Set(TestStream.Topic, 0, 5, epoch: 2);
        Assert.True(reader.IsCoveredBy(stream.Positions));
    }

    [Fact]
    public async Task A_topic_that_cannot_be_looked_up_ends_reading_with_the_brokers_word()
    {
        using var stream = new TestStream();
        stream.Broker.FailTopic(TestStream.Topic, 29); // TOPIC_AUTHORIZATION_FAILED
        using TopicReader reader = Open(stream);
        KafkaReadException wrong = await Assert.ThrowsAsync<KafkaReadException>(() => reader.Exhausted.WaitAsync(TestStream.Patience));
        Assert.Contains($"topic {TestStream.Topic} at {stream.Broker.BootstrapServers} cannot be read:", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("authorization", wrong.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static TopicReader Open(TestStream stream, int queueMessages = 4096)
    {
        var reader = new TopicReader(stream.Options with { QueueMessages = queueMessages }, [TestStream.Topic], stream.Positions, NullLogger<TopicReader>.Instance);
        reader.Start();
        return reader;
    }

    /// <summary>Takes until all is given.</summary>
    private static async Task<List<StreamEvent>> TakeAllAsync(TopicReader reader)
    {
        List<StreamEvent> all = [];
        while (!reader.Exhausted.IsCompleted) all.AddRange(await TakeAsync(reader, 0));
        await reader.Exhausted;
        for (int taken = 1; taken > 0;) taken = reader.Take(all, 256, TimeSpan.Zero, TestContext.Current.CancellationToken);
        return all;
    }

    /// <summary>Takes what comes, at least so many.</summary>
    private static async Task<List<StreamEvent>> TakeAsync(TopicReader reader, int least)
    {
        using var patience = new CancellationTokenSource(TestStream.Patience);
        List<StreamEvent> all = [];
        do
        {
            reader.Take(all, 1, TimeSpan.FromMilliseconds(100), patience.Token);
            if (reader.Exhausted.IsFaulted) await reader.Exhausted;
        }
        while (all.Count < least && !patience.IsCancellationRequested);
        return all;
    }
}
