using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Hostile.Tests.Mutating;
using SslAgent.Hostile.Tests.Support;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Tests.Frames;
using SslAgent.Ingest.Texts;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Hostile.Tests;

/// <summary>
/// The monsters by name, each under the agent's own defaults: refused in words that say value, unit and limit, or taken as the contract
/// says; and however it ends, the process never grows beyond a bound for it.
/// </summary>
[Collection(nameof(HostileStreamTests))]
public sealed class MonsterTests : IDisposable
{
    private const int MiB = 1 << 20;

    /// <summary>How far one of them may make the process grow while it is decoded: three bytes and a little for each of the 25 million pixels that are let in.</summary>
    private const long PeakMax = 256 * MiB;

    private static readonly IngestOptions Options = new();

    private readonly string _root = Directory.CreateTempSubdirectory("sslagent-monsters-").FullName;
    private readonly MessageDecoder _decoder = new(Options, new VipsFrameCodec(Options.Frames), new TextCodec(Options.Text));
    private readonly ReplayLedger _ledger;

    public MonsterTests() =>
        _ledger = ReplayLedger.Open(new ReplayPlace(LocalDisk.Instance, _root, 7, TimeProvider.System), new ReplayOptions { SentinelOneIn = 0 }, null, NullLogger.Instance);

    public void Dispose()
    {
        _ledger.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Pictures_that_claim_too_much_are_refused_by_their_header()
    {
        Refused("limits", "the picture is 1 x 8000000 pixels, the limit is 16384 a side", Pictures.BlackPng(1, 8_000_000));
        Refused("limits", "the picture is 8000000 x 1 pixels, the limit is 16384 a side", Pictures.BlackPng(8_000_000, 1));
        Refused("limits", "the picture has 144000000 pixels, the limit is 25000000", Pictures.BlackPng(12_000, 12_000));
        Refused("limits", "the picture is 65500 x 65500 pixels, the limit is 16384 a side", Monsters.JpegThatSays(65_500, 65_500));
        Refused("limits", "the picture has 225000000 pixels, the limit is 25000000", Monsters.JpegThatSays(15_000, 15_000));
        Refused("limits", "the picture is 65535 x 65535 pixels, the limit is 16384 a side", Monsters.Gif(65_535, 3));
        Refused("limits", "the picture has 100000000 pixels, the limit is 25000000", Monsters.WebP(10_000, 10_000));
        RefusedAt("frame", Monsters.WebPThatSays(16_384, 16_384));
    }

    [Fact]
    public void Pictures_at_the_ceilings_are_decoded_in_bounded_memory()
    {
        byte[][] pictures =
        [
            Pictures.BlackPng(5_000, 5_000), Pictures.BlackPng(16_384, 1_500), Pictures.BlackPng(16_384, 1), Pictures.BlackPng(1, 16_384), Monsters.WebP(2_000, 2_000),
        ];
        foreach (byte[] picture in pictures) Assert.InRange(ProcessMemory.PeakGrowth(() => Frame(picture)), 0, PeakMax);
    }

    [Fact]
    public void Pictures_with_less_data_than_their_header_says_cost_no_more_than_their_header()
    {
        foreach (byte[] picture in (byte[][])[Monsters.JpegThatSays(5_000, 5_000), Monsters.Gif(5_000, 3), Monsters.WebPThatSays(5_000, 5_000)])
        {
            Assert.InRange(ProcessMemory.PeakGrowth(() => Taken(picture)), 0, PeakMax);
        }
    }

    [Fact]
    public void Data_behind_a_small_header_are_not_unfolded()
    {
        byte[][] pictures = [Monsters.PngWithTooMuchData(16, 16, 1_000 * MiB), Monsters.PngWithComments(200, 40 * MiB), Monsters.PngWithProfile(500 * MiB)];
        foreach (byte[] picture in pictures) Assert.InRange(ProcessMemory.PeakGrowth(() => Taken(picture)), 0, PeakMax);
    }

    [Fact]
    public void Of_a_picture_with_five_hundred_thousand_frames_the_first_is_taken()
    {
        byte[] gif = Monsters.Gif(1, 500_000);
        Assert.InRange(gif.Length, 7 * MiB, 8 * MiB);
        Assert.InRange(ProcessMemory.PeakGrowth(() => Frame(gif)), 0, PeakMax);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(4_000_000)]
    public void Nesting_costs_no_stack(int depth)
    {
        Assert.Equal("hi", Text(Monsters.NestedContract(depth, [0x91])));
        Assert.Equal("hi", Text(Monsters.NestedContract(depth / 4, [0x81, 0xA1, (byte)'k'])));
        const string Reason = "the value is no JSON object: The maximum configured depth of 64 has been exceeded";
        foreach ((string open, string close) in ((string, string)[])[("[", "]"), ("{\"a\":", "}")])
        {
            byte[] json = Monsters.NestedJson(Math.Min(depth, 1_000_000), open, close);
            Assert.StartsWith(Reason, Refused("envelope", json, Specimen.Header("content-type", "application/json")), StringComparison.Ordinal);

            // Where nobody said that it is JSON it is a line of text, cut as any other.
            Assert.Equal(Options.Text.BytesMax, Text(json).Length);
        }
    }

    [Theory]
    [InlineData("dd7fffffff")]
    [InlineData("dfffffffff")]
    [InlineData("df7fffffff")]
    [InlineData("84a176dfffffffff")]
    [InlineData("81a464617461c6ffffffff00")]
    [InlineData("81a474657874db7fffffff6161")]
    [InlineData("81a178c9ffffffff0001")]
    [InlineData("81a178dd7fffffff9090")]
    [InlineData("c1")]
    public void Declared_lengths_are_not_believed(string hex)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Refused("envelope", Convert.FromHexString(hex), Specimen.Header("content-type", "application/msgpack"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MiB);
    }

    [Theory]
    [InlineData("cb7ff8000000000000", "ts is NaN ms since 1970, outside 0 to 253402300799999")]
    [InlineData("cb7ff0000000000000", "ts is Infinity ms since 1970, outside 0 to 253402300799999")]
    [InlineData("ca7fc00000", "ts is NaN ms since 1970, outside 0 to 253402300799999")]
    [InlineData("cbfff0000000000000", "ts is -Infinity ms since 1970, outside 0 to 253402300799999")]
    [InlineData("cfffffffffffffffff", "ts is 9.223372036854776E+18 ms since 1970, outside 0 to 253402300799999")]
    [InlineData("d38000000000000000", "ts is -9.223372036854776E+18 ms since 1970, outside 0 to 253402300799999")]
    [InlineData("c70cff000000007fffffffffffffff", "ts is a timestamp outside 0 to 253402300799999 ms since 1970")]
    [InlineData("c0", null)]
    public void A_contract_s_time_that_is_none_is_refused(string hex, string? reason)
    {
        byte[] value = [0x84, 0xA1, (byte)'v', 1, 0xA4, .. "kind"u8, 0xA4, .. "text"u8, 0xA4, .. "text"u8, 0xA2, .. "hi"u8, 0xA2, .. "ts"u8, .. Convert.FromHexString(hex)];
        if (reason is null) Assert.Equal("hi", Text(value));
        else Assert.Equal(reason, Refused("envelope", value));
    }

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("\"9999-99-99\"")]
    public void A_json_time_that_is_none_leaves_kafkas(string time)
    {
        Sample sample = Accepted(Encoding.UTF8.GetBytes($$"""{"message":"hi","ts":{{time}}}"""));
        Assert.Equal((1_700_000_000_000, "hi"), (sample.TimeMs, sample.Text?.ToString()));
    }

    [Fact]
    public void Characters_that_are_none_are_refused()
    {
        Assert.Equal("the text is not UTF-8 from byte 2 on", Refused("text", [.. "ab"u8, 0xC0, 0x80]));
        Assert.Equal("the text is not UTF-8 from byte 0 on", Refused("text", [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80]));
        Assert.Equal("the text has nothing but blanks and control characters", Refused("text", Encoding.UTF8.GetBytes(new string('\u0085', 4_000_000))));
        Assert.Equal("the text has nothing but blanks and control characters", Refused("text", new byte[8 * MiB]));
        RefusedAt("envelope", """{"message":"\ud800"}"""u8.ToArray(), Specimen.Header("content-type", "application/json"));
        RefusedAt("envelope", """{"message":"\udc00\ud800"}"""u8.ToArray(), Specimen.Header("content-type", "application/json"));
        Assert.Equal("the text is empty", Refused("text", []));
    }

    [Fact]
    public void A_text_of_only_combining_marks_is_a_text_of_thirty_of_them() =>
        Assert.Equal(new string('\u0301', 30), Text(Encoding.UTF8.GetBytes(new string('\u0301', 4_000_000))));

    [Fact]
    public void A_null_value_is_a_tombstone_and_a_null_key_names_nobody()
    {
        Intake.PassedOver passedOver = Assert.IsType<Intake.PassedOver>(Admit(null));
        Assert.Equal(("monsters/0", SkipReason.Tombstone), (passedOver.Source, passedOver.Reason));
        Assert.Equal("monsters/0", Accepted("hi"u8.ToArray()).Source);
    }

    [Fact]
    public void Messages_of_64_MiB_are_refused_by_their_size_and_kept_whole()
    {
        byte[] picture = new byte[64 * MiB];
        Pictures.Jpeg(64, 64).CopyTo(picture, 0);
        byte[] contract = new byte[64 * MiB];
        ((byte[])[0x81, 0xA4, .. "data"u8, 0xC6, 0, 0, 0, 0]).CopyTo(contract, 0);
        BinaryPrimitives.WriteInt32BigEndian(contract.AsSpan(7), contract.Length - 11);
        byte[] text = new byte[64 * MiB];
        text.AsSpan().Fill((byte)'x');
        foreach (byte[] value in (byte[][])[picture, contract, text])
        {
            Assert.Equal("the message has 67108864 bytes, the limit is 8388608", Refused("limits", value));
        }

        _ledger.Sync();
        using JournalCursor cursor = _ledger.Read(0);
        foreach (byte[] value in (byte[][])[picture, contract, text])
        {
            Assert.True(cursor.MoveNext());
            Assert.True(value.AsSpan().SequenceEqual(((JournalRecord.Rejected)cursor.Current.Record).Delivery.Value), "the journal has the value whole");
        }
    }

    [Fact]
    public void A_message_above_every_record_of_the_journal_is_refused_and_the_next_one_taken()
    {
        Assert.Equal("the message has 314572800 bytes, the limit is 8388608", Refused("limits", new byte[300 * MiB]));
        Assert.Equal("hi", Text("hi"u8.ToArray()));
    }

    [Fact]
    public void A_picture_just_below_the_limits_of_bytes_is_no_trouble()
    {
        byte[] picture = new byte[8 * MiB];
        Pictures.Jpeg(64, 64).CopyTo(picture, 0);
        Frame(picture);
        Assert.Equal("the picture has 8388610 bytes encoded, the limit is 8388608", Over(8 * MiB));
    }

    private static string Over(int bytes) => new VipsFrameCodec(Options.Frames).Decode(new byte[bytes + 2]).Rejection?.Reason ?? "";

    /// <summary>The whole way: decoded, held against the rules, journalled.</summary>
    private Intake Admit(byte[]? value, params MessageHeader[] headers)
    {
        var delivery = new Delivery(new SourceOffset("monsters", 0, 0, _ledger.Position), 1_700_000_000_000, null, value, headers);
        Intake intake = _decoder.Decode(delivery);
        if (intake is Intake.Refused refused) Verdicts.Hold(refused.Rejection);
        else Verdicts.Hold(delivery, intake, Options.Frames.StoredSize, Options.Text.BytesMax);
        Assert.NotEqual(AdmissionResult.Redelivered, _ledger.Admit(intake).Result);
        return intake;
    }

    private Rejection RejectionOf(byte[] value, MessageHeader[] headers) => Assert.IsType<Intake.Refused>(Admit(value, headers)).Rejection;

    private string Refused(string stage, byte[] value, params MessageHeader[] headers)
    {
        Rejection rejection = RejectionOf(value, headers);
        Assert.Equal(stage, rejection.Stage);
        return rejection.Reason;
    }

    private void RefusedAt(string stage, byte[] value, params MessageHeader[] headers) => Assert.Equal(stage, RejectionOf(value, headers).Stage);

    private void Refused(string stage, string reason, byte[] value) => Assert.Equal(new Rejection(stage, reason), RejectionOf(value, []));

    private Sample Accepted(byte[] value)
    {
        Intake intake = Admit(value);
        Assert.True(intake is Intake.Accepted, (intake as Intake.Refused)?.Rejection.ToString());
        return ((Intake.Accepted)intake).Sample;
    }

    private void Frame(byte[] value) => Assert.NotNull(Accepted(value).Frame);

    private string Text(byte[] value) => Accepted(value).Text?.ToString() ?? "";

    /// <summary>Accepted or refused: what counts is that it ends.</summary>
    private void Taken(byte[] value) => Assert.IsNotType<Intake.PassedOver>(Admit(value));
}
