namespace MessagePack.Compat.Tests;

/// <summary>The timestamp extension in its three widths, at the ends of each.</summary>
public sealed class TimestampTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00.0000000Z", "d6 ff 00 00 00 00")]
    [InlineData("2026-11-21T01:02:03.0000000Z", "d6 ff 6b 00 ed 8b")]
    [InlineData("2106-02-07T06:28:15.0000000Z", "d6 ff ff ff ff ff")]
    [InlineData("2106-02-07T06:28:16.0000000Z", "d7 ff 00 00 00 01 00 00 00 00")]
    [InlineData("1970-01-01T00:00:00.0000001Z", "d7 ff 00 00 01 90 00 00 00 00")]
    [InlineData("2514-05-30T01:53:03.9999999Z", "d7 ff ee 6b 26 73 ff ff ff ff")]
    [InlineData("2514-05-30T01:53:04.0000000Z", "c7 0c ff 00 00 00 00 00 00 00 04 00 00 00 00")]
    [InlineData("1969-12-31T23:59:59.0000000Z", "c7 0c ff 00 00 00 00 ff ff ff ff ff ff ff ff")]
    public void Every_width_goes_both_ways(string time, string hex)
    {
        DateTime value = DateTime.Parse(time, null, System.Globalization.DateTimeStyles.RoundtripKind);
        Assert.Equal(Bytes.ToHex(Bytes.FromHex(hex)), Bytes.ToHex(Bytes.Write((ref MessagePackWriter w) => w.Write(value))));
        var reader = new MessagePackReader(Bytes.FromHex(hex));
        DateTime read = reader.ReadDateTime();
        Assert.Equal(value, read);
        Assert.Equal(DateTimeKind.Utc, read.Kind);
        Assert.True(reader.End);
        reader = new MessagePackReader(Bytes.Segmented(Bytes.FromHex(hex), 1));
        Assert.Equal(value, reader.ReadDateTime(reader.ReadExtensionFormatHeader()));
    }

    [Fact]
    public void Other_extensions_and_other_lengths_are_no_timestamps()
    {
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("d6 01 00 00 00 00")).ReadDateTime());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("d5 ff 00 00")).ReadDateTime());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("c9 00 10 00 00 ff")).ReadDateTime());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("01 00")).ReadDateTime());
    }

    [Fact]
    public void A_time_beyond_the_calendar_is_out_of_range() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new MessagePackReader(Bytes.FromHex("c7 0c ff 00 00 00 00 7f ff ff ff ff ff ff ff")).ReadDateTime());
}
