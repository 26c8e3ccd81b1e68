using System.Buffers;

namespace MessagePack.Compat.Tests;

/// <summary>Looking ahead, skipping, raw slices, and the writer's own buffer.</summary>
public sealed class ReaderPositionTests
{
    [Fact]
    public void A_peek_reader_leaves_the_first_one_where_it_is()
    {
        var reader = new MessagePackReader(Bytes.FromHex("92 01 02"));
        MessagePackReader ahead = reader.CreatePeekReader();
        ahead.Skip();
        Assert.True(ahead.End);
        Assert.Equal(3, ahead.Consumed);
        Assert.Equal(0, reader.Consumed);
        Assert.Equal(2, reader.ReadArrayHeader());
    }

    [Fact]
    public void Skipping_passes_exactly_one_value_of_any_kind()
    {
        byte[] example = AnyValue.Example();
        byte[] bytes = [.. example, 0x2a];
        foreach (int size in new[] { bytes.Length, 1, 7 })
        {
            var reader = new MessagePackReader(Bytes.Segmented(bytes, size));
            reader.Skip();
            Assert.Equal(example.Length, reader.Consumed);
            Assert.Equal(42, reader.ReadInt32());
            Assert.True(reader.End);
        }
    }

    [Fact]
    public void A_value_can_be_taken_raw_and_written_again()
    {
        byte[] example = AnyValue.Example();
        var reader = new MessagePackReader(Bytes.Segmented(example, 50));
        ReadOnlySequence<byte> raw = reader.ReadRaw();
        Assert.Equal(example, raw.ToArray());
        Assert.Equal(example, Bytes.Write((ref MessagePackWriter w) => w.WriteRaw(raw)));
    }

    [Fact]
    public void Reading_everything_ends_at_the_end_however_the_bytes_lie()
    {
        byte[] example = AnyValue.Example();
        var whole = new MessagePackReader(example);
        int leaves = AnyValue.Read(ref whole);
        Assert.True(whole.End);
        Assert.Equal(0, whole.Depth);
        for (int size = 1; size < 20; size++)
        {
            var reader = new MessagePackReader(Bytes.Segmented(example, size));
            Assert.Equal(leaves, AnyValue.Read(ref reader));
            Assert.Equal(example.Length, reader.Consumed);
        }
    }

    [Fact]
    public void A_clone_reads_other_bytes_with_the_same_settings()
    {
        var reader = new MessagePackReader(Bytes.FromHex("01")) { Depth = 7 };
        MessagePackReader clone = reader.Clone(new ReadOnlySequence<byte>(Bytes.FromHex("02")));
        Assert.Equal(7, clone.Depth);
        Assert.Equal(2, clone.ReadInt32());
        Assert.Equal(1, reader.ReadInt32());
    }

    [Fact]
    public void A_writer_hands_out_room_and_takes_back_what_was_filled()
    {
        byte[] bytes = Bytes.Write((ref MessagePackWriter w) =>
        {
            w.WriteBinHeader(3);
            Span<byte> room = w.GetSpan(3);
            "abc"u8.CopyTo(room);
            w.Advance(3);
            w.WriteStringHeader(1);
            w.WriteRaw("d"u8);
        });
        Assert.Equal("c403616263a164", Bytes.ToHex(bytes));
    }
}
