using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>The one test that joins a real group: the mock's first join takes 3 s, and a rebalance about 5 s.</summary>
public sealed class GroupTests
{
    private const int Partitions = 4, Messages = 25;

    [Fact]
    public void When_a_second_member_joins_the_journal_is_asked_first_and_nothing_is_lost_or_doubled()
    {
        using var stream = new TestStream(Partitions);
        stream.Options = stream.Options with
        {
            Assignment = KafkaAssignment.Group,
            Properties = new Dictionary<string, string>(stream.Options.Properties) { ["session.timeout.ms"] = "6000", ["heartbeat.interval.ms"] = "200" },
        };
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
}
