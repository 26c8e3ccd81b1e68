namespace MessagePack.Compat.Tests;

/// <summary>
/// Bytes of doubtful origin: cut off, boasting, bottomless, garbled. They meet nothing but the documented exceptions, and cost neither
/// memory nor stack.
/// </summary>
public sealed class HostileBytesTests(ITestOutputHelper output)
{
    /// <summary>Headers of every width that announce more than the eight bytes which follow.</summary>
    public static readonly TheoryData<string> Boasts = new()
    {
        "c4 ff", "c5 ff ff", "c6 ff ff ff ff", "c6 7f ff ff ff", "d9 ff", "da ff ff", "db ff ff ff ff", "db 7f ff ff ff", "bf",
        "dc ff ff", "dd ff ff ff ff", "dd 7f ff ff ff", "9f", "de ff ff", "df ff ff ff ff", "df 7f ff ff ff", "df 40 00 00 00",
        "df 80 00 00 00", "8f", "c7 ff 05", "c8 ff ff 05", "c9 ff ff ff ff 05", "c9 7f ff ff ff 05", "d8 05", "c9 ff ff ff ff ff",
    };

    [Fact]
    public void Every_truncation_of_a_valid_message_ends_in_end_of_stream()
    {
        byte[] example = AnyValue.Example();
        for (int length = 0; length < example.Length; length++)
        {
            ReadOnlyMemory<byte> cut = example.AsMemory(0, length);
            Assert.Throws<EndOfStreamException>(() => { var reader = new MessagePackReader(cut); AnyValue.Read(ref reader); });
            Assert.Throws<EndOfStreamException>(() => new MessagePackReader(cut).Skip());
            Assert.Throws<EndOfStreamException>(() => new MessagePackReader(Bytes.Segmented(cut, 3)).Skip());
        }
    }

    [Theory, MemberData(nameof(Boasts))]
    public void A_length_that_the_bytes_do_not_cover_allocates_nothing(string hex)
    {
        byte[] bytes = [.. Bytes.FromHex(hex), .. new byte[8]];
        Attempt(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Attempt(bytes);
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
        Assert.True(each < 20_000, $"{each} bytes allocated for {hex}");

        static void Attempt(byte[] bytes)
        {
            Assert.True(Fails(() => { var reader = new MessagePackReader(bytes); AnyValue.Read(ref reader); }));
            Assert.True(Fails(() => new MessagePackReader(bytes).Skip()));
        }
    }

    [Theory]
    [InlineData("91")]
    [InlineData("81 01")]
    [InlineData("dd 00 00 00 01")]
    public void Deep_nesting_is_refused_by_the_depth_limit_and_skipped_without_stack(string layer)
    {
        byte[] one = Bytes.FromHex(layer);
        byte[] bytes = new byte[one.Length * 1_000_000 + 1];
        for (int i = 0; i < bytes.Length - 1; i++) bytes[i] = one[i % one.Length];
        Assert.Throws<InsufficientExecutionStackException>(() => { var reader = new MessagePackReader(bytes); AnyValue.Read(ref reader); });
        var skipping = new MessagePackReader(bytes);
        skipping.Skip();
        Assert.True(skipping.End);
    }

    [Fact]
    public void The_depth_limit_is_where_it_is_set()
    {
        MessagePackSecurity three = MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(3);
        Assert.Equal(500, MessagePackSecurity.UntrustedData.MaximumObjectGraphDepth);
        Assert.True(MessagePackSecurity.UntrustedData.HashCollisionResistant);
        Assert.False(MessagePackSecurity.TrustedData.HashCollisionResistant);
        Assert.Same(three, three.WithMaximumObjectGraphDepth(3));
        var reader = new MessagePackReader(ReadOnlyMemory<byte>.Empty);
        for (int i = 0; i < 3; i++) three.DepthStep(ref reader);
        Assert.Equal(3, reader.Depth);
        Assert.Throws<InsufficientExecutionStackException>(() =>
        {
            var full = new MessagePackReader(ReadOnlyMemory<byte>.Empty) { Depth = 3 };
            three.DepthStep(ref full);
        });
    }

    [Fact]
    public void A_code_that_is_never_used_is_refused()
    {
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("c1")).ReadInt32());
        Assert.Throws<MessagePackSerializationException>(() => new MessagePackReader(Bytes.FromHex("c1")).ReadString());
    }

    [Fact]
    public void A_hundred_thousand_mutations_end_in_a_value_or_a_documented_exception()
    {
        int seed = Environment.GetEnvironmentVariable("SSLAGENT_TEST_SEED") is { } text ? int.Parse(text) : 20261121;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] example = AnyValue.Example();
        int values = 0, refused = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] mutant = Mutate(example, random);
            bool fails = Fails(() => { var reader = new MessagePackReader(mutant); AnyValue.Read(ref reader); });
            if (fails) refused++;
            else values++;
            Fails(() => new MessagePackReader(Bytes.Segmented(mutant, 1 + random.Next(9))).Skip());
        }

        output.WriteLine($"{values} values, {refused} refused");
        Assert.True(values > 1000 && refused > 1000);
    }

    private static byte[] Mutate(byte[] valid, Random random)
    {
        byte[] bytes = (byte[])valid.Clone();
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)random.Next(0xc0, 0xe0); break;
                case 3: bytes = bytes[..(at + 1)]; break;
                default: bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]]; break;
            }

            if (bytes.Length == 0) return bytes;
        }

        return bytes;
    }

    /// <summary>Whether it ends in an exception that the reader documents. Any other one goes through and fails the test.</summary>
    private static bool Fails(Action read)
    {
        try
        {
            read();
            return false;
        }
        catch (Exception exception) when (exception is EndOfStreamException or MessagePackSerializationException or OverflowException
            or ArgumentOutOfRangeException or InsufficientExecutionStackException)
        {
            return true;
        }
    }
}
