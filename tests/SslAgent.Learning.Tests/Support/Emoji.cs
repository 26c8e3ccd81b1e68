using System.IO.Compression;
using System.Text;
using SslAgent.Domain;

namespace SslAgent.Learning.Tests.Support;

/// <summary>The shipped emoji pictures with their names (assets/emoji): real data to learn from.</summary>
internal static class Emoji
{
    private const int Side = 64;

    private static readonly Lazy<(Frame Frame, Domain.Text Text, bool IsTest)[]> Loaded = new(Load);

    /// <summary>Every fifth emoji, never trained on.</summary>
    public static ISentinelSource HeldOut { get; } = new Split(isTest: true);

    public static IBatchSource Training { get; } = new Split(isTest: false);

    private static (Frame, Domain.Text, bool)[] Load()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "assets");
        using var pictures = new GZipStream(File.OpenRead(Path.Combine(folder, "pictures.rgb.gz")), CompressionMode.Decompress);
        return [.. File.ReadLines(Path.Combine(folder, "emoji.tsv")).Skip(1).Select(line =>
        {
            string[] columns = line.Split('\t');
            var rgb = new byte[Side * Side * Frame.Channels];
            pictures.ReadExactly(rgb);
            return (new Frame(Side, Side, rgb), new Domain.Text(Encoding.UTF8.GetBytes(columns[4])), columns[6] == "test");
        })];
    }

    private sealed class Split(bool isTest) : IBatchSource, ISentinelSource
    {
        private readonly (Frame Frame, Domain.Text Text, bool IsTest)[] _pairs = [.. Loaded.Value.Where(pair => pair.IsTest == isTest)];

        public AvailableData Available => new(_pairs.Length, _pairs.Length, _pairs.Length);

        public IReadOnlyList<Era> Eras => [new Era(0, "emoji", _pairs.Length, _pairs.Length, _pairs.Length)];

        public Batch Draw(Modality modality, int count, DrawKey key)
        {
            int[] order = [.. Enumerable.Range(0, _pairs.Length)];
            new Philox(key).Shuffle<int>(order);
            return Of(modality, order[..count]);
        }

        public Batch Read(int era, Modality modality, int countMax) => Of(modality, [.. Enumerable.Range(0, Math.Min(countMax, _pairs.Length))]);

        private Batch Of(Modality modality, int[] rows) => new(
            modality,
            [.. rows.Select(row => new SampleId(row))],
            modality == Modality.Text ? [] : [.. rows.Select(row => _pairs[row].Frame)],
            modality == Modality.Frame ? [] : [.. rows.Select(row => _pairs[row].Text)]);
    }
}
