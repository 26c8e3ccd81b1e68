using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.DeadLetters;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Tests.Kafka;

namespace SslAgent.Ingest.Tests.DeadLetters;

public sealed class DeadLetterProducerTests
{
    private const string Topic = "dead";

    private const int TopicAuthorizationFailed = 29, MessageTooLarge = 10;

    private static readonly Rejection Rejection = new("frame", "the jpeg could not be decoded: truncated");

    [Fact]
    public void A_rejected_message_arrives_with_key_value_headers_and_reason()
    {
        using var stream = new TestStream();
        using DeadLetterProducer producer = New(stream);
        var delivery = new Delivery(
            new SourceOffset("cam.era", 7, 2, 4_711), 1_700_000_000_123, [1, 2, 3], [9, 8, 7], [new MessageHeader("source", "door"u8.ToArray()), new MessageHeader("null", null)]);
        Assert.True(producer.TrySubmit(100, delivery, Rejection));
        Assert.True(producer.Flush(TestStream.Patience));
        Assert.Equal(100, producer.DurableThrough);

        Delivery letter = Read(stream, 1)[0];
        Assert.Equal("cam.era/7/2/4711", Encoding.UTF8.GetString(letter.Key ?? []));
        Assert.Equal(delivery.Value, letter.Value);
        var headers = letter.Headers.ToDictionary(header => header.Name, header => header.Value is { } value ? Encoding.UTF8.GetString(value) : null);
        Assert.Equal("door", headers["source"]);
        Assert.Null(headers["null"]);
        Assert.Equal(
            ("cam.era", "7", "4711", "frame", Rejection.Reason),
            (headers["__connect.errors.topic"], headers["__connect.errors.partition"], headers["__connect.errors.offset"], headers["__connect.errors.stage"], headers["__connect.errors.exception.message"]));
        Assert.Equal(("2", "1700000000123", "\u0001\u0002\u0003"), (headers["__sslagent.errors.epoch"], headers["__sslagent.errors.timestamp"], headers["__sslagent.errors.key"]));
    }

    [Fact]
    public void What_is_durable_is_a_prefix_and_survives_a_broker_that_goes_and_comes_back()
    {
        using var stream = new TestStream();
        using DeadLetterProducer producer = New(stream);
        for (int i = 0; i < 50; i++) Assert.True(producer.TrySubmit(i * 3, Letter(i), Rejection));
        stream.Broker.TakeDown();
        for (int i = 50; i < 100; i++) Assert.True(producer.TrySubmit(i * 3, Letter(i), Rejection));
        Assert.True(producer.DurableThrough < 297);
        stream.Broker.BringUp();
        Assert.True(SpinWait.SpinUntil(() => producer.DurableThrough == 297, TestStream.Patience), $"{producer.DurableThrough}");
        string[] values = [.. Read(stream, 100).Select(letter => Encoding.UTF8.GetString(letter.Value ?? []))];
        Assert.Equal([.. Enumerable.Range(0, 100).Select(i => $"letter {i}").Order()], values.Distinct().Order());
    }

    [Fact]
    public void More_than_the_window_holds_is_turned_away_and_taken_later()
    {
        using var stream = new TestStream();
        stream.Broker.TakeDown();
        using DeadLetterProducer producer = New(stream);
        int taken = 0;
        while (producer.TrySubmit(taken, Letter(taken), Rejection)) taken++;
        Assert.Equal(1_000, taken);
        Assert.Equal(-1, producer.DurableThrough);
        stream.Broker.BringUp();
        Assert.True(SpinWait.SpinUntil(() => producer.TrySubmit(taken, Letter(taken), Rejection), TestStream.Patience));
        Assert.True(SpinWait.SpinUntil(() => producer.DurableThrough == taken, TestStream.Patience));
    }

    [Fact]
    public void Letters_under_way_are_bounded_in_bytes_too()
    {
        using var stream = new TestStream();
        stream.Broker.TakeDown();
        using DeadLetterProducer producer = New(stream);
        byte[] large = new byte[24 << 20];
        int taken = 0;
        while (taken < 10 && producer.TrySubmit(taken, Letter(taken) with { Value = large }, Rejection)) taken++;
        Assert.Equal(3, taken);
        stream.Broker.BringUp();
        Assert.True(SpinWait.SpinUntil(() => producer.TrySubmit(taken, Letter(taken), Rejection), TestStream.Patience));
        Assert.True(SpinWait.SpinUntil(() => producer.DurableThrough == taken, TestStream.Patience));
    }

    [Fact]
    public void A_letter_that_the_broker_finds_too_large_goes_without_its_value()
    {
        using var stream = new TestStream();
        stream.Broker.FailRequests(BrokerRequest.Produce, MessageTooLarge);
        using DeadLetterProducer producer = New(stream);
        Assert.True(producer.TrySubmit(1, Letter(1), Rejection));
        Assert.True(SpinWait.SpinUntil(() => producer.DurableThrough == 1, TestStream.Patience));
        Delivery letter = Read(stream, 1)[0];
        Assert.Empty(letter.Value ?? []);
        Assert.Equal("8", Encoding.UTF8.GetString(letter.Headers.Single(header => header.Name == "__sslagent.errors.value.bytes").Value ?? []));
    }

    [Fact]
    public void A_refusal_that_an_administrator_can_lift_is_tried_again()
    {
        using var stream = new TestStream();
        stream.Broker.FailRequests(BrokerRequest.Produce, TopicAuthorizationFailed, TopicAuthorizationFailed);
        using DeadLetterProducer producer = New(stream);
        Assert.True(producer.TrySubmit(1, Letter(1), Rejection));
        Assert.True(SpinWait.SpinUntil(() => producer.DurableThrough == 1, TestStream.Patience));
        Assert.Equal("letter 1", Encoding.UTF8.GetString(Read(stream, 1)[0].Value ?? []));
        Assert.Null(producer.Problem);
    }

    [Fact]
    public void Acknowledgements_in_any_order_move_the_mark_only_over_whole_prefixes()
    {
        var window = new AcknowledgementWindow(3, 1_000);
        AcknowledgementWindow.Entry[] entries = [.. new long[] { 5, 9, 12 }.Select(sequence => Assert.IsType<AcknowledgementWindow.Entry>(window.TryEnter(sequence, 1)))];
        Assert.Null(window.TryEnter(13, 1));
        window.Done(entries[1]);
        Assert.Equal(-1, window.DoneThrough);
        window.Done(entries[0]);
        Assert.Equal(9, window.DoneThrough);
        window.Done(entries[2]);
        Assert.Equal((12, 0), (window.DoneThrough, window.PendingCount));
        Assert.Throws<BrokenInvariantException>(() => window.TryEnter(12, 1));
    }

    private static DeadLetterProducer New(TestStream stream) =>
        new(stream.Options with { DeadLetterTopic = Topic }, TimeProvider.System, NullLogger<DeadLetterProducer>.Instance);

    private static Delivery Letter(int i) => new(new SourceOffset("t", 0, 0, i), 0, null, Encoding.UTF8.GetBytes($"letter {i}"), []);

    private static List<Delivery> Read(TestStream stream, int count)
    {
        stream.Options = stream.Options with { Topics = [Topic] };
        return [.. TestStream.TakeMessages(stream.NewReader(), count).OfType<StreamEvent.Delivered>().Select(delivered => delivered.Delivery)];
    }
}
