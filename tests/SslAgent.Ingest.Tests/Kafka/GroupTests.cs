using SslAgent.Domain;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>Tests that join a real group: the mock's first join takes 3 s, and a rebalance about 5 s.</summary>
public sealed class GroupTests
{
    private const int Partitions = 4, Messages = 25, UnknownMember = 25, IllegalGeneration = 22, FencedInstance = 82;

    [Fact]
    public void When_a_second_member_joins_the_journal_is_asked_first_and_nothing_is_lost_or_doubled()
    {
        using var stream = new TestStream(Partitions);
        JoinsGroup(stream);
        for (int partition = 0; partition < Partitions; partition++) stream.Produce(0, Messages, partition);
        KafkaReader firstReader = stream.NewReader();
        using var first = new TestHead(firstReader);
        Assert.True(SpinWait.SpinUntil(() => first.MessageCount == Partitions * Messages, TestStream.Patience));

        // The mock refuses commits while a group rebalances (a real broker takes them), so this one has to be there before.
        Assert.True(SpinWait.SpinUntil(() => Enumerable.Range(0, Partitions).All(partition => stream.CommittedOffset(partition) == Messages), TestStream.Patience));

        KafkaReader secondReader = stream.NewReader();
        using var second = new TestHead(secondReader);
        bool shared = SpinWait.SpinUntil(() => firstReader.Progress.Count == Partitions / 2 && secondReader.Progress.Count == Partitions / 2, TestStream.Patience);
        Assert.True(shared, $"{firstReader.Progress.Count} and {secondReader.Progress.Count} partitions");
        Assert.Contains(first.Events, e => e is StreamEvent.PartitionsLeaving { MayCommit: true, Partitions.Count: Partitions });

        for (int partition = 0; partition < Partitions; partition++) stream.Produce(Messages, 2 * Messages, partition);
        Assert.True(SpinWait.SpinUntil(() => first.MessageCount + second.MessageCount >= Partitions * 2 * Messages, TestStream.Patience));
        StreamEvent[] all = [.. first.Events, .. second.Events];
        SourceOffset[] coordinates = [.. all.OfType<StreamEvent.Delivered>().Select(delivered => delivered.Delivery.At)];
        Assert.Equal(Partitions * 2 * Messages, coordinates.Length);
        Assert.Equal(coordinates.Length, coordinates.Distinct().Count());
        Assert.DoesNotContain(all, e => e is StreamEvent.MessagesMissing or StreamEvent.EpochChanged);
        firstReader.StopReading();
        secondReader.StopReading();
    }

    [Theory]
    [InlineData(UnknownMember)]
    [InlineData(IllegalGeneration)]
    public void A_session_that_expired_takes_the_partitions_without_a_commit_and_reading_goes_on_from_the_journal(int error)
    {
        using var stream = new TestStream(Partitions);
        JoinsGroup(stream);
        for (int partition = 0; partition < Partitions; partition++) stream.Produce(0, Messages, partition);
        KafkaReader reader = stream.NewReader();
        using var head = new TestHead(reader);
        Assert.True(SpinWait.SpinUntil(() => head.MessageCount == Partitions * Messages, TestStream.Patience));
        for (int partition = 0; partition < Partitions; partition++) stream.Positions.Set(TestStream.Topic, partition, Messages);

        stream.Broker.FailRequests(BrokerRequest.Heartbeat, error);
        Assert.True(SpinWait.SpinUntil(() => head.Events.Any(e => e is StreamEvent.PartitionsLeaving { MayCommit: false, Partitions.Count: Partitions }), TestStream.Patience));
        for (int partition = 0; partition < Partitions; partition++) stream.Produce(Messages, 2 * Messages, partition);
        Assert.True(SpinWait.SpinUntil(() => head.MessageCount >= Partitions * 2 * Messages, TestStream.Patience));
        SourceOffset[] coordinates = [.. head.Events.OfType<StreamEvent.Delivered>().Select(delivered => delivered.Delivery.At)];
        Assert.Equal((Partitions * 2 * Messages, coordinates.Length), (coordinates.Length, coordinates.Distinct().Count()));
        Assert.DoesNotContain(head.Events, e => e is StreamEvent.MessagesMissing or StreamEvent.EpochChanged);
        reader.StopReading();
    }

    /// <summary>Somebody else runs under the same group.instance.id: this reader must end, not fight for the partitions.</summary>
    [Fact]
    public void A_static_member_that_is_fenced_ends_with_the_reason()
    {
        using var stream = new TestStream();
        JoinsGroup(stream, ("group.instance.id", "agent-1"));
        // Commits that the fatal error forestalls come thick: the client then throws in place of the error.
        stream.Options = stream.Options with { CommitInterval = TimeSpan.FromMilliseconds(1) };
        stream.Produce(0, 10);
        KafkaReader reader = stream.NewReader();
        List<StreamEvent> events = TestStream.TakeMessages(reader, 10);
        stream.Broker.FailRequests(BrokerRequest.Heartbeat, FencedInstance);
        Assert.True(TestStream.TakeUntil<StreamEvent.ClientTrouble>(reader, events).IsFatal);
        using var patience = new CancellationTokenSource(TestStream.Patience);
        Assert.Throws<KafkaReadException>(() =>
        {
            while (!patience.IsCancellationRequested)
            {
                reader.Take(events, 16, TimeSpan.FromMilliseconds(200), patience.Token);
                if (events[^1] is StreamEvent.PartitionsLeaving leaving) leaving.Done();
            }
        });
        Assert.Equal(TestStream.Numbered(0, 10), TestStream.Lines(events));
    }

    private static void JoinsGroup(TestStream stream, params (string Name, string Value)[] more)
    {
        var properties = new Dictionary<string, string>(stream.Options.Properties) { ["session.timeout.ms"] = "6000", ["heartbeat.interval.ms"] = "200" };
        foreach ((string name, string value) in more) properties[name] = value;
        stream.Options = stream.Options with { Assignment = KafkaAssignment.Group, Properties = properties };
    }
}
