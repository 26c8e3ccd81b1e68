using System.Buffers;
using MessagePack;
using SslAgent.Domain;
using SslAgent.Ingest.Producing;
using SslAgent.Ingest.Tests.Frames;

namespace SslAgent.Ingest.Tests.Decoding;

public sealed class ContractTests
{
    private delegate void Body(ref MessagePackWriter writer);

    [Fact]
    public void A_text_with_everything_arrives_whole()
    {
        var sent = new ContractMessage { Source = "node-1", Id = "17", TimeMs = 1_600_000_000_000, Pair = "p", Text = "disk full" };
        Sample sample = Deliveries.Accept(Deliveries.Of(sent.Encode()));
        Assert.Equal(("node-1", "17", 1_600_000_000_000, "p", "disk full"), (sample.Source, sample.Id, sample.TimeMs, sample.PairKey, sample.Text?.ToString()));
        Assert.Null(sample.Frame);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("jpeg")]
    public void An_encoded_frame_arrives_with_its_caption(string? format)
    {
        var sent = new ContractMessage { Source = "cam", Data = Pictures.Jpeg(100, 100), Format = format, Caption = "a dog" };
        Sample sample = Deliveries.Accept(Deliveries.Of(sent.Encode()));
        Assert.Equal((64, "a dog", Modality.Pair), (sample.Frame?.Width, sample.Text?.ToString(), sample.Modality));
    }

    [Fact]
    public void Raw_pixels_arrive_unchanged_at_the_stored_size()
    {
        byte[] pixels = Pictures.Gradient(64, 64);
        var sent = new ContractMessage { Source = "cam", Data = pixels, Format = "rgb8", Width = 64, Height = 64 };
        Assert.Equal(pixels, Deliveries.Accept(Deliveries.Of(sent.Encode())).Frame?.Rgb);
    }

    [Fact]
    public void Unknown_keys_are_passed_over_however_deep()
    {
        byte[] value = Map(4, (ref MessagePackWriter writer) =>
        {
            Text(ref writer, "hello");
            writer.Write("nested");
            for (int depth = 0; depth < 100_000; depth++) writer.WriteArrayHeader(1);
            writer.WriteNil();
        });
        Assert.Equal("hello", Deliveries.Accept(Deliveries.Of(value)).Text?.ToString());
    }

    [Fact]
    public void A_numbered_id_a_float_time_and_a_timestamp_are_taken()
    {
        byte[] numbered = Map(5, (ref MessagePackWriter writer) =>
        {
            Text(ref writer, "hello");
            writer.Write("id");
            writer.Write(18_000_000_000_000_000_000UL);
            writer.Write("ts");
            writer.Write(1_600_000_000_000.75);
        });
        Sample sample = Deliveries.Accept(Deliveries.Of(numbered));
        Assert.Equal(("18000000000000000000", 1_600_000_000_000), (sample.Id, sample.TimeMs));

        byte[] stamped = Map(4, (ref MessagePackWriter writer) =>
        {
            Text(ref writer, "hello");
            writer.Write("ts");
            writer.Write(new DateTime(2020, 9, 13, 12, 26, 40, DateTimeKind.Utc));
        });
        Assert.Equal(1_600_000_000_000, Deliveries.Accept(Deliveries.Of(stamped)).TimeMs);
    }

    [Theory]
    [InlineData(double.NaN, "ts is NaN ms since 1970, outside 0 to 253402300799999")]
    [InlineData(double.PositiveInfinity, "ts is Infinity ms since 1970, outside 0 to 253402300799999")]
    [InlineData(-1.0, "ts is -1 ms since 1970, outside 0 to 253402300799999")]
    [InlineData(1e18, "ts is 1E+18 ms since 1970, outside 0 to 253402300799999")]
    public void A_time_that_is_none_is_refused(double time, string reason)
    {
        byte[] value = Map(4, (ref MessagePackWriter writer) =>
        {
            Text(ref writer, "hello");
            writer.Write("ts");
            writer.Write(time);
        });
        Assert.Equal(new Rejection("envelope", reason), Deliveries.Refuse(Deliveries.Of(value)));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(253_402_300_800)]
    public void A_timestamp_beyond_every_calendar_is_refused(long seconds)
    {
        byte[] extension = [0xC7, 12, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(extension.AsSpan(7), seconds);
        byte[] value = Map(4, (ref MessagePackWriter writer) =>
        {
            Text(ref writer, "hello");
            writer.Write("ts");
            writer.WriteRaw(extension);
        });
        Assert.Equal(new Rejection("envelope", "ts is a timestamp outside 0 to 253402300799999 ms since 1970"), Deliveries.Refuse(Deliveries.Of(value)));
    }

    [Fact]
    public void A_number_beyond_63_bits_is_refused_by_its_name()
    {
        AssertRefused("v is 9223372036854775807; this agent reads version 1", 1, (ref MessagePackWriter w) =>
        {
            w.Write("v");
            w.Write(ulong.MaxValue);
        });
        AssertRefused("ts is 9.223372036854776E+18 ms since 1970, outside 0 to 253402300799999", 1, (ref MessagePackWriter w) =>
        {
            w.Write("ts");
            w.Write(ulong.MaxValue);
        });
    }

    [Fact]
    public void Each_contradiction_is_refused_in_words()
    {
        AssertRefused("v is missing; this agent reads version 1", 1, (ref MessagePackWriter w) => Pair(ref w, "kind", "text"));
        AssertRefused("v is 2; this agent reads version 1", 1, (ref MessagePackWriter w) => Pair(ref w, "v", 2));
        AssertRefused("kind is missing: frame or text", 1, (ref MessagePackWriter w) => Pair(ref w, "v", 1));
        AssertRefused("kind is neither frame nor text", 2, (ref MessagePackWriter w) => { Pair(ref w, "v", 1); Pair(ref w, "kind", "sound"); });
        AssertRefused("kind is text, but there is no text", 2, (ref MessagePackWriter w) => { Pair(ref w, "v", 1); Pair(ref w, "kind", "text"); });
        AssertRefused("kind is frame, but there are no data", 2, (ref MessagePackWriter w) => { Pair(ref w, "v", 1); Pair(ref w, "kind", "frame"); });
        AssertRefused("the key v is there twice", 2, (ref MessagePackWriter w) => { Pair(ref w, "v", 1); Pair(ref w, "v", 1); });
        AssertRefused("v is String, not an integer", 1, (ref MessagePackWriter w) => Pair(ref w, "v", "1"));
        AssertRefused("source is Integer, not a string", 1, (ref MessagePackWriter w) => Pair(ref w, "source", 5));
        AssertRefused("source has 257 bytes: at most 256 of printable UTF-8 are taken", 1, (ref MessagePackWriter w) => Pair(ref w, "source", new string('s', 257)));
        AssertRefused("format is none of jpeg, png, webp, gif, rgb8", 4, (ref MessagePackWriter w) =>
        {
            Pair(ref w, "v", 1);
            Pair(ref w, "kind", "frame");
            Pair(ref w, "format", "bmp");
            Pair(ref w, "data", "xx");
        });
        AssertRefused("format is rgb8, but width or height is missing", 4, (ref MessagePackWriter w) =>
        {
            Pair(ref w, "v", 1);
            Pair(ref w, "kind", "frame");
            Pair(ref w, "format", "rgb8");
            Pair(ref w, "data", "xx");
        });
    }

    [Fact]
    public void A_map_that_ends_early_or_late_is_refused()
    {
        byte[] whole = new ContractMessage { Source = "s", Text = "hello" }.Encode();
        for (int length = 1; length < whole.Length; length++)
        {
            Assert.Equal("envelope", Deliveries.Refuse(Deliveries.Of(whole[..length], ("content-type", "application/msgpack"))).Stage);
        }

        Assert.Equal("1 bytes follow the map", Deliveries.Refuse(Deliveries.Of([.. whole, 0])).Reason);
    }

    [Fact]
    public void A_header_that_declares_more_than_there_is_allocates_nothing()
    {
        byte[] huge = [0xDF, 0x7F, 0xFF, 0xFF, 0xFF, 0xA1, (byte)'v', 1];
        byte[] bytes = [0x81, 0xA4, .. "data"u8, 0xC6, 0x7F, 0xFF, 0xFF, 0xFF];
        MessageDecoder decoder = Deliveries.Decoder();
        Delivery first = Deliveries.Of(huge), second = Deliveries.Of(bytes);
        _ = decoder.Decode(first);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.IsType<Intake.Refused>(decoder.Decode(first));
        Assert.IsType<Intake.Refused>(decoder.Decode(second));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static void AssertRefused(string reason, int count, Body body) =>
        Assert.Equal(new Rejection("envelope", reason), Deliveries.Refuse(Deliveries.Of(Map(count, body))));

    private static byte[] Map(int count, Body body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(count);
        body(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Three keys: v, kind and text.</summary>
    private static void Text(ref MessagePackWriter writer, string text)
    {
        Pair(ref writer, "v", 1);
        Pair(ref writer, "kind", "text");
        Pair(ref writer, "text", text);
    }

    private static void Pair(ref MessagePackWriter writer, string key, string value)
    {
        writer.Write(key);
        writer.Write(value);
    }

    private static void Pair(ref MessagePackWriter writer, string key, int value)
    {
        writer.Write(key);
        writer.Write(value);
    }
}
