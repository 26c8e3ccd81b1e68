using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest.Tests.Frames;

namespace SslAgent.Ingest.Tests.Decoding;

public sealed class MessageDecoderTests
{
    [Fact]
    public void A_refused_message_too_large_for_a_journal_record_is_kept_without_its_value()
    {
        Delivery delivery = Deliveries.Of(new byte[150 << 20], ("source", "s"));
        Intake.Refused refused = Assert.IsType<Intake.Refused>(Deliveries.Decoder().Decode(delivery with { Key = [1] }));
        Assert.Equal(new Rejection("limits", "the message has 157286400 bytes, the limit is 8388608"), refused.Rejection);
        Assert.Empty(refused.Delivery.Value ?? []);
        Assert.Equal(["source", "__sslagent.errors.value.bytes"], refused.Delivery.Headers.Select(header => header.Name));
        Assert.Equal("157286400", Encoding.UTF8.GetString(refused.Delivery.Headers[1].Value ?? []));
        Assert.Equal([1], refused.Delivery.Key);
    }

    [Fact]
    public void A_refused_message_with_headers_beyond_that_size_is_kept_by_its_coordinates()
    {
        MessageHeader[] million = [.. Enumerable.Repeat(new MessageHeader("x", []), 1_500_000), new MessageHeader("content-type", "x/y"u8.ToArray())];
        Intake.Refused refused = Assert.IsType<Intake.Refused>(Deliveries.Decoder().Decode(Deliveries.Of("words") with { Key = [1], Headers = million }));
        Assert.Equal((Deliveries.At, "envelope"), (refused.Delivery.At, refused.Rejection.Stage));
        Assert.Equal(("5", null), (Encoding.UTF8.GetString(Assert.Single(refused.Delivery.Headers).Value ?? []), refused.Delivery.Key));
    }

    [Fact]
    public void A_bare_line_is_a_text_of_its_partition()
    {
        Sample sample = Deliveries.Accept(Deliveries.Of("kernel: eth0 link up\n"));
        Assert.Equal("kernel: eth0 link up", sample.Text?.ToString());
        Assert.Null(sample.Frame);
        Assert.Equal(("stream/3", 1_700_000_000_000, Deliveries.At), (sample.Source, sample.TimeMs, sample.At));
        Assert.Equal(((string?)null, (string?)null), (sample.Id, sample.PairKey));
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    [InlineData(".gif")]
    public void A_bare_picture_is_a_frame(string suffix)
    {
        byte[] picture = Pictures.Encode(Pictures.Gradient(80, 80), 80, 80, suffix);
        Sample sample = Deliveries.Accept(Deliveries.Of(picture));
        Assert.Equal((64, 64), (sample.Frame?.Width, sample.Frame?.Height));
        Assert.Equal(Modality.Frame, sample.Modality);
    }

    [Fact]
    public void Headers_name_what_bare_contents_cannot()
    {
        Sample sample = Deliveries.Accept(Deliveries.Of(
            Pictures.Jpeg(64, 64), ("source", "door"), ("id", "7"), ("pair", "p1"), ("ts", "1600000000123"), ("caption", "a man"), ("content-type", "image/jpeg")));
        Assert.Equal(("door", "7", "p1", 1_600_000_000_123, "a man"), (sample.Source, sample.Id, sample.PairKey, sample.TimeMs, sample.Text?.ToString()));
        Assert.Equal(Modality.Pair, sample.Modality);
    }

    [Fact]
    public void Without_a_source_header_the_key_names_the_source_where_it_is_printable()
    {
        Delivery delivery = Deliveries.Of("line");
        Assert.Equal("host-7", Deliveries.Accept(delivery with { Key = "host-7"u8.ToArray() }).Source);
        Assert.Equal("stream/3", Deliveries.Accept(delivery with { Key = [0, 1, 2, 255] }).Source);
        Assert.Equal("stream/3", Deliveries.Accept(delivery with { Key = new byte[1_000] }).Source);
    }

    [Fact]
    public void A_tombstone_is_passed_over() =>
        Assert.Equal(
            new Intake.PassedOver(Deliveries.At, "stream/3", SkipReason.Tombstone),
            Deliveries.Decoder().Decode(Deliveries.Of((byte[]?)null)));

    [Fact]
    public void A_message_over_the_limit_is_refused_with_both_numbers()
    {
        Rejection rejection = Deliveries.Refuse(Deliveries.Of(new byte[2_000]), new IngestOptions { MessageBytesMax = 1_999 });
        Assert.Equal(new Rejection("limits", "the message has 2000 bytes, the limit is 1999"), rejection);
    }

    [Fact]
    public void A_content_type_that_nobody_reads_is_refused() =>
        Assert.Equal(
            new Rejection("envelope", "the content type 'video/mp4' is not one that is read here"),
            Deliveries.Refuse(Deliveries.Of("x", ("content-type", "video/mp4"))));

    [Fact]
    public void The_declared_content_type_beats_the_first_bytes()
    {
        Assert.Equal("{\"message\":\"hi\"}", Deliveries.Accept(Deliveries.Of("{\"message\":\"hi\"}", ("content-type", "text/plain; charset=utf-8"))).Text?.ToString());
        Assert.Equal("frame", Deliveries.Refuse(Deliveries.Of("no picture", ("content-type", "image/png"))).Stage);
        Assert.Equal("envelope", Deliveries.Refuse(Deliveries.Of("no json", ("content-type", "application/json"))).Stage);
        Assert.Equal("envelope", Deliveries.Refuse(Deliveries.Of("no map", ("content-type", "application/msgpack"))).Stage);
    }

    [Fact]
    public void A_topics_content_type_stands_in_for_the_header()
    {
        var options = new IngestOptions { ContentTypes = new Dictionary<string, string> { ["stream"] = "text/plain" } };
        Assert.Equal("{\"message\":\"hi\"}", Deliveries.Accept(Deliveries.Of("{\"message\":\"hi\"}"), options).Text?.ToString());
        Assert.Equal("hi", Deliveries.Accept(Deliveries.Of("{\"message\":\"hi\"}", ("content-type", "application/json")), options).Text?.ToString());
    }

    [Fact]
    public void A_line_that_only_looks_like_json_is_a_line()
    {
        Assert.Equal("{oops", Deliveries.Accept(Deliveries.Of("{oops")).Text?.ToString());
        Assert.Equal("{\"a\":1} trailing", Deliveries.Accept(Deliveries.Of("{\"a\":1} trailing")).Text?.ToString());
    }

    [Fact]
    public void A_line_that_begins_with_the_first_byte_of_a_map_is_a_line()
    {
        string thaana = "\u0780\u0781 line", nko = "\u07c0 line";
        Assert.Equal(thaana, Deliveries.Accept(Deliveries.Of(thaana)).Text?.ToString());
        Assert.Equal(nko, Deliveries.Accept(Deliveries.Of(nko)).Text?.ToString());
    }

    [Fact]
    public void Bytes_that_are_nothing_at_all_are_refused() =>
        Assert.Equal("text", Deliveries.Refuse(Deliveries.Of([0xFE, 0xFF, 0x00, 0x12])).Stage);
}
