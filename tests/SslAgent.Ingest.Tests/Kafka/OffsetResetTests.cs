using SslAgent.Domain;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>An operator sets the group's offsets while the agent is stopped (kafka-consumer-groups --reset-offsets), or a crash leaves them behind.</summary>
public sealed class OffsetResetTests
{
    [Fact]
    public void Closing_commits_what_was_durable_and_the_answer_is_known()
    {
        using var stream = new TestStream();
        stream.Produce(0, 20);
        Run(stream, 20);
        Assert.Equal((20L, 20L), (stream.CommittedOffset(0), stream.Commits.LastAcknowledged(0)));
    }

    [Fact]
    public void A_reset_back_opens_a_new_epoch_there_and_reads_again()
    {
        using var stream = new TestStream();
        stream.Produce(0, 20);
        Run(stream, 20);
        stream.Commits.Set(0, new CommitBounds(0, 20, 20));
        stream.SetCommitted(0, 5);
        var events = TestStream.TakeMessages(stream.NewReader(), 15);
        StreamEvent.EpochChanged opened = Assert.IsType<StreamEvent.EpochChanged>(events[0]);
        Assert.Equal((1, 5L), (opened.Epoch, opened.FirstOffset));
        Assert.Contains("set back to 5", opened.Reason, StringComparison.Ordinal);
        Assert.Equal(TestStream.Numbered(5, 20), TestStream.Lines(events));
        Assert.All(events.OfType<StreamEvent.Delivered>(), delivered => Assert.Equal(1, delivered.Delivery.At.Epoch));
    }

    [Fact]
    public void A_reset_forward_passes_over_messages_and_says_how_many()
    {
        using var stream = new TestStream();
        stream.Produce(0, 10);
        Run(stream, 10);
        stream.Commits.Set(0, new CommitBounds(0, 10, 10));
        stream.Produce(10, 30);
        stream.SetCommitted(0, 25);
        using KafkaReader reader = stream.NewReader();
        var events = TestStream.TakeMessages(reader, 5);
        StreamEvent.MessagesMissing missing = Assert.IsType<StreamEvent.MessagesMissing>(events[0]);
        Assert.Equal((0, 10L, 25L), (missing.Epoch, missing.From, missing.To));
        Assert.Equal(TestStream.Numbered(25, 30), TestStream.Lines(events));

        // The journal stands at 10 until the next message is in it: that must not take back what the operator set.
        reader.Commit([new PartitionPosition(TestStream.Topic, 0, 0, 10)]);
        reader.StopReading();
        reader.Dispose();
        Assert.Equal(25, stream.CommittedOffset(0));
    }

    [Fact]
    public void A_crash_between_the_journal_and_the_commit_is_no_reset()
    {
        using var stream = new TestStream();
        stream.Produce(0, 20);
        stream.Positions.Set(TestStream.Topic, 0, 20);
        stream.Commits.Set(0, new CommitBounds(0, 12, 18));
        stream.SetCommitted(0, 12);
        KafkaReader reader = stream.NewReader();
        stream.Produce(20, 25);
        var events = TestStream.TakeMessages(reader, 5);
        Assert.Equal(TestStream.Numbered(20, 25), TestStream.Lines(events));
        Assert.All(events, e => Assert.IsType<StreamEvent.Delivered>(e));
    }

    [Fact]
    public void Failing_commits_are_said_and_cost_nothing()
    {
        const int NotCoordinator = 16, IllegalGeneration = 22;
        using var stream = new TestStream();
        stream.Produce(0, 20);
        KafkaReader reader = stream.NewReader();
        TestStream.TakeMessages(reader, 20);
        stream.Broker.FailRequests(BrokerRequest.OffsetCommit, NotCoordinator, IllegalGeneration, NotCoordinator);
        for (int next = 1; next <= 20; next++)
        {
            reader.Commit([new PartitionPosition(TestStream.Topic, 0, 0, next)]);
            if (next % 5 == 0) Assert.True(SpinWait.SpinUntil(() => stream.Commits.LastAcknowledged(0) >= next || next < 20, TestStream.Patience));
        }

        Assert.Equal(20, stream.CommittedOffset(0));
        stream.Produce(20, 25);
        Assert.Equal(TestStream.Numbered(20, 25), TestStream.Lines(TestStream.TakeMessages(reader, 5)));
    }

    /// <summary>A life of an agent that ends in order: reads, journals, commits.</summary>
    private static void Run(TestStream stream, int count)
    {
        using KafkaReader reader = stream.NewReader();
        TestStream.TakeMessages(reader, count);
        reader.Commit([new PartitionPosition(TestStream.Topic, 0, 0, count)]);
        reader.StopReading();
        stream.Positions.Set(TestStream.Topic, 0, count);
    }
}
