using System.Globalization;
using System.Text.RegularExpressions;
using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Journaling;

public sealed partial class JournalCodecTests
{
    private static readonly string FixturePath = Path.Combine(AppContext.BaseDirectory, "Fixtures", "records-v1.txt");

    [Fact]
    public void Every_record_survives_its_bytes()
    {
        var writer = new PayloadWriter();
        foreach (JournalRecord record in Some.EveryKind)
        {
            writer.Clear();
            RecordKind kind = JournalCodec.Encode(record, writer);
            JournalRecord back = JournalCodec.Decode(kind, writer.Written);
            Assert.Equal(record.GetType(), back.GetType());
            Assert.Equal(Describe(record), Describe(back));
            Assert.Equal(Some.Encoded(record), Some.Encoded(back));
        }
    }

    [Fact]
    public void Bytes_written_by_the_first_release_are_still_written_and_read()
    {
        string[] lines = File.ReadAllLines(FixturePath);
        Assert.Equal(Some.EveryKind.Count, lines.Length);
        var writer = new PayloadWriter();
        foreach ((JournalRecord record, string line) in Some.EveryKind.Zip(lines))
        {
            string[] parts = line.Split(' ');
            writer.Clear();
            Assert.Equal(int.Parse(parts[0], CultureInfo.InvariantCulture), (int)JournalCodec.Encode(record, writer));
            Assert.Equal(parts[1], Convert.ToHexStringLower(writer.Written));
            Assert.Equal(Describe(record), Describe(JournalCodec.Decode((RecordKind)ushort.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromHexString(parts[1]))));
        }
    }

    [Fact]
    public void The_documents_worked_example_is_what_the_program_writes()
    {
        string document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "journal.md"));
        string example = HexBlock().Match(document).Groups["hex"].Value;
        Assert.NotEmpty(example);
        byte[] bytes = Convert.FromHexString(string.Concat(example.Split('\n').Select(line => line.Split('|')[0])).Replace(" ", "", StringComparison.Ordinal));

        var disk = new Storage.Tests.Support.SimulatedDisk();
        var clock = new FixedTime(DateTimeOffset.FromUnixTimeMilliseconds(1_795_219_200_000));
        using (Journal journal = Journal.Open(disk, "/journal", new ReplayOptions(), clock))
        {
            journal.Append(new JournalRecord.Admitted(Some.TextSample(42, "disk full", timeMs: 1_795_219_199_500), false));
            journal.Sync();
        }

        Assert.Equal(Convert.ToHexStringLower(disk.Get("/journal/samples-0000000000000000.seg")), Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void Only_the_frame_or_only_the_text_can_be_read()
    {
        byte[] both = Some.Encoded(Some.EveryKind[0]);
        Assert.Equal("a café", SampleCodec.DecodeText(both)?.ToString());
        Assert.Equal(Some.Frame(1).Rgb, SampleCodec.DecodeFrame(both)?.Rgb);
        Assert.Null(SampleCodec.DecodeFrame(Some.Encoded(Some.EveryKind[1])));
        Assert.Null(SampleCodec.DecodeText(Some.Encoded(Some.EveryKind[2])));
    }

    [Fact]
    public void Bytes_of_another_release_are_refused_in_words()
    {
        byte[] bytes = Some.Encoded(Some.EveryKind[5]);
        Assert.Throws<JournalFormatException>(() => JournalCodec.Decode(RecordKind.Skipped, [.. bytes, 0]));
        Assert.Throws<JournalFormatException>(() => JournalCodec.Decode(RecordKind.Skipped, bytes.AsSpan(0, bytes.Length - 2)));
        JournalFormatException unknown = Assert.Throws<JournalFormatException>(() => JournalCodec.Decode((RecordKind)200, bytes));
        Assert.Contains("200", unknown.Message, StringComparison.Ordinal);
    }

    /// <summary>All that a record says, also what record equality does not look into.</summary>
    private static string Describe(JournalRecord record) => record switch
    {
        JournalRecord.Admitted(var s, var isSentinel) =>
            $"{s.At} {s.Source} {s.TimeMs} {s.Id} {s.PairKey} {s.Text} {s.Frame?.Width}x{s.Frame?.Height} {Convert.ToHexString(s.Frame?.Rgb ?? [])} {isSentinel}",
        JournalRecord.Rejected(var d, var r) => $"{d.At} {d.TimeMs} {Hex(d.Key)} {Hex(d.Value)} {r} {string.Join(',', d.Headers.Select(h => h.Name + Hex(h.Value)))}",
        JournalRecord.TokenizerFrozen frozen => $"{Hex(frozen.TokenizerJson)} {frozen.VocabularySize} {frozen.TrainedOnBytes}",
        JournalRecord.CycleEnded ended =>
            $"{ended.Cycle} {ended.StepsDone} {ended.Version} {ended.Verdict.Kind} {string.Join(',', ended.Verdict.Reasons)} {string.Join(',', ended.Quarantined)}",
        JournalRecord.Forgotten forgotten =>
            $"{forgotten.Of} {forgotten.Version} {forgotten.Source} {forgotten.BeforeMs} {forgotten.Reason} {string.Join(',', forgotten.Samples)}",
        JournalRecord.Evicted evicted =>
            $"{evicted.Cycle} {string.Join(';', evicted.ByModality.Select(part => $"{part.Modality}: {string.Join(',', part.Ids)}"))}",
        JournalRecord.RolledBack back => $"{back.To} {back.ToPosition} {back.Version} {back.Replay} {back.Reason} {back.Accepts} {string.Join(',', back.Denied)}",
        _ => record.ToString(),
    };

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);

    [GeneratedRegex("```hex\n(?<hex>.*?)```", RegexOptions.Singleline)]
    private static partial Regex HexBlock();

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
