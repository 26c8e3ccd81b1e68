using SslAgent.Domain;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>Answers of the broker that are errors, of every kind of request that a reader makes. Numbers are the protocol's.</summary>
public sealed class RequestFaultTests
{
    private const int OffsetOutOfRange = 1, CorruptMessage = 2, UnknownTopic = 3, LeaderNotAvailable = 5, NotLeader = 6, ReplicaNotAvailable = 9,
        CoordinatorLoading = 14, CoordinatorNotAvailable = 15, NotCoordinator = 16, AuthorizationFailed = 29, FencedLeaderEpoch = 74,
        UnknownLeaderEpoch = 75, UnknownServerError = -1;

    [Theory]
    [InlineData(NotLeader)]
    [InlineData(LeaderNotAvailable)]
    [InlineData(ReplicaNotAvailable)]
    [InlineData(FencedLeaderEpoch)]
    [InlineData(UnknownLeaderEpoch)]
    [InlineData(CorruptMessage)]
    [InlineData(UnknownTopic)]
    [InlineData(AuthorizationFailed)]
    [InlineData(UnknownServerError)]
    public void Fetches_that_fail_lose_nothing_and_repeat_nothing(int error) => ReadsOn(BrokerRequest.Fetch, error);

    /// <summary>The broker says that our offset does not exist, and that it does when asked for the ends: nothing happened to the stream.</summary>
    [Fact]
    public void An_offset_wrongly_called_out_of_range_is_looked_up_and_opens_no_epoch() => ReadsOn(BrokerRequest.Fetch, OffsetOutOfRange);

    /// <summary>One failing request of the two must not read as a retention that deleted everything up to the end.</summary>
    [Theory]
    [InlineData(UnknownServerError)]
    [InlineData(NotLeader)]
    [InlineData(UnknownServerError, NotLeader, UnknownServerError)]
    public void Ends_that_are_not_known_are_asked_for_again(params int[] errors)
    {
        using var stream = new TestStream();
        stream.Produce(0, 10);
        KafkaReader reader = stream.NewReader();
        List<StreamEvent> events = TestStream.TakeMessages(reader, 10);
        stream.Broker.FailRequests(BrokerRequest.ListOffsets, errors);
        stream.Broker.FailRequests(BrokerRequest.Fetch, OffsetOutOfRange);
        stream.Produce(10, 20);
        events.AddRange(TestStream.TakeMessages(reader, 10));
        Undisturbed(events, 20);
    }

    [Theory]
    [InlineData(BrokerRequest.FindCoordinator, CoordinatorNotAvailable)]
    [InlineData(BrokerRequest.FindCoordinator, UnknownServerError)]
    [InlineData(BrokerRequest.OffsetFetch, NotCoordinator)]
    [InlineData(BrokerRequest.OffsetFetch, CoordinatorLoading)]
    [InlineData(BrokerRequest.OffsetFetch, UnknownServerError)]
    public void While_committed_offsets_are_not_known_an_unknown_partition_is_not_begun(BrokerRequest request, int error)
    {
        using var stream = new TestStream();
        stream.Produce(0, 20);
        stream.SetCommitted(0, 15);
        stream.Broker.FailRequests(request, error, error, error);
        Assert.Equal(TestStream.Numbered(15, 20), TestStream.Lines(TestStream.TakeMessages(stream.NewReader(), 5)));
    }

    [Fact]
    public void A_topic_whose_metadata_fail_for_a_while_is_read_on_from_where_it_was()
    {
        using var stream = new TestStream();
        stream.Options = stream.Options with
        {
            // Newer clients (2.15) bear with an unknown topic for half a minute after it was last known, older ones (2.0) only with one never known.
            Properties = new Dictionary<string, string>(stream.Options.Properties)
            {
                ["topic.metadata.refresh.interval.ms"] = "200", ["topic.metadata.propagation.max.ms"] = "500",
            },
        };
        stream.Produce(0, 10);
        KafkaReader reader = stream.NewReader();
        List<StreamEvent> events = TestStream.TakeMessages(reader, 10);
        stream.Broker.FailTopic(TestStream.Topic, UnknownTopic);
        TestStream.TakeUntil<StreamEvent.ClientTrouble>(reader, events);
        stream.Broker.FailTopic(TestStream.Topic, 0);
        stream.Produce(10, 20);
        events.AddRange(TestStream.TakeMessages(reader, 10));
        Undisturbed(events, 20);
    }

    /// <summary>The coordinator and the leader are different brokers, and both move; the slow one answers late.</summary>
    [Fact]
    public void Coordinators_and_leaders_that_move_between_slow_brokers_cost_neither_messages_nor_commits()
    {
        using var stream = new TestStream(brokers: 3);
        stream.Broker.MoveLeader(TestStream.Topic, 0, 1);
        stream.Broker.MoveCoordinator(stream.Options.GroupId, 2);
        KafkaReader reader = stream.NewReader();
        var events = new List<StreamEvent>();
        for (int round = 0; round < 3; round++)
        {
            stream.Produce(round * 20, (round + 1) * 20);
            events.AddRange(TestStream.TakeMessages(reader, 20));
            int next = (round + 1) * 20;
            reader.Commit([new PartitionPosition(TestStream.Topic, 0, 0, next)]);
            Assert.True(SpinWait.SpinUntil(() => stream.Commits.LastAcknowledged(0) == next, TestStream.Patience), $"round {round}");
            stream.Broker.SlowDown(TimeSpan.FromMilliseconds(100 * round), broker: 3 - round);
            stream.Broker.MoveCoordinator(stream.Options.GroupId, 3 - round);
            stream.Broker.MoveLeader(TestStream.Topic, 0, 2 - (round % 2));
        }

        Undisturbed(events, 60);
        Assert.Equal(60, stream.CommittedOffset(0));
    }

    private static void ReadsOn(BrokerRequest request, params int[] errors)
    {
        using var stream = new TestStream();
        stream.Produce(0, 10);
        KafkaReader reader = stream.NewReader();
        List<StreamEvent> events = TestStream.TakeMessages(reader, 10);
        stream.Broker.FailRequests(request, errors);
        stream.Produce(10, 20);
        events.AddRange(TestStream.TakeMessages(reader, 10));
        Undisturbed(events, 20);
    }

    /// <summary>Every message once, in order, and no event that speaks of loss or of another stream.</summary>
    private static void Undisturbed(List<StreamEvent> events, int count)
    {
        Assert.Equal(TestStream.Numbered(0, count), TestStream.Lines(events));
        Assert.DoesNotContain(events, e => e is StreamEvent.EpochChanged or StreamEvent.MessagesMissing);
    }
}
