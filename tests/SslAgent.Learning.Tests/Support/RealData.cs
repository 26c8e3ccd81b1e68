using System.IO.Compression;
using System.Text;
using SslAgent.Domain;
using SslAgent.Learning.Options;
using SslAgent.Learning.Text;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Support;

/// <summary>
/// What the repository has of the real world: lines of logs that programs wrote, and pictures of emoji with their names. Every fifth sample is held out, in one era, and no held-out line is trained on.
/// </summary>
internal sealed class RealData : IBatchSource, ISentinelSource
{
    private const int EmojiSide = 64, NameColumn = 4, KeywordsColumn = 5, HeldOutEach = 5, Vocabulary = 700;

    private readonly Modality _modality;
    private readonly (Frame? Frame, Domain.Text Text)[] _training, _heldOut;

    private RealData(Modality modality, IEnumerable<(Frame? Frame, Domain.Text Text)> samples)
    {
        (Frame?, Domain.Text)[] shuffled = [.. samples];
        new Philox(new DrawKey(Some.Seed, 0, 0, ChanceStream.Test)).Shuffle<(Frame?, Domain.Text)>(shuffled);
        _modality = modality;
        _training = [.. shuffled.Where((_, number) => number % HeldOutEach != 0)];
        _heldOut = [.. shuffled.Where((_, number) => number % HeldOutEach == 0)];
        var trainer = new BpeTrainer();
        foreach ((_, Domain.Text text) in _training) trainer.Add(text.Utf8);
        Tokenizer = trainer.Train(Vocabulary, CancellationToken.None);
    }

    /// <summary>A network that is large enough for them.</summary>
    public static ModelOptions Model { get; } = Some.SmallModel with { ImageSize = 32, PatchSize = 8, VocabularySize = Vocabulary, TextTokens = 32, FrameWidth = 64, TextWidth = 64, JointWidth = 32 };

    public ITokenizer Tokenizer { get; }

    public AvailableData Available => new(_modality == Modality.Frame ? _training.Length : 0, _modality == Modality.Text ? _training.Length : 0, _modality == Modality.Pair ? _training.Length : 0);

    public IReadOnlyList<Era> Eras => [new(0, "held out", _modality == Modality.Frame ? _heldOut.Length : 0, _modality == Modality.Text ? _heldOut.Length : 0, _modality == Modality.Pair ? _heldOut.Length : 0)];

    /// <summary>Two thousand different lines.</summary>
    public static RealData LogLines()
    {
        string[] lines =
        [
            .. Directory.EnumerateFiles(Assets, "*.log").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
                .Select(line => line.Trim()).Where(line => line.Length > 0).Distinct(StringComparer.Ordinal),
        ];
        new Philox(new DrawKey(Some.Seed, 0, 1, ChanceStream.Test)).Shuffle<string>(lines);
        return new RealData(Modality.Text, lines.Take(2000).Select(line => ((Frame?)null, new Domain.Text(Encoding.UTF8.GetBytes(line)))));
    }

    /// <summary>Every emoji that the repository has, with its name and keywords.</summary>
    public static RealData Emoji() => Emoji(Modality.Pair);

    /// <summary>Their pictures alone.</summary>
    public static RealData Pictures() => Emoji(Modality.Frame);

    private static RealData Emoji(Modality modality)
    {
        using var pictures = new GZipStream(File.OpenRead(Path.Combine(Assets, "pictures.rgb.gz")), CompressionMode.Decompress);
        var pairs = new List<(Frame?, Domain.Text)>();
        foreach (string row in File.ReadLines(Path.Combine(Assets, "emoji.tsv")).Skip(1))
        {
            string[] cells = row.Split('\t');
            var rgb = new byte[EmojiSide * EmojiSide * Frame.Channels];
            pictures.ReadExactly(rgb);
            string caption = string.Join(", ", [cells[NameColumn], .. cells[KeywordsColumn].Split('|').Where(keyword => keyword != cells[NameColumn])]);
            pairs.Add((new Frame(EmojiSide, EmojiSide, rgb), new Domain.Text(Encoding.UTF8.GetBytes(caption))));
        }

        return new RealData(modality, pairs);
    }

    /// <summary>A learner of one objective that knows the tokenizer.</summary>
    public Learner Learner(LearningOptions learning)
    {
        Learner learner = Some.Learner(Some.Plan(learning, Model));
        learner.AdoptTokenizer(Tokenizer);
        return learner;
    }

    public Batch Draw(Modality modality, int count, DrawKey key)
    {
        int[] order = [.. Enumerable.Range(0, Available.Of(modality))];
        new Philox(key).Shuffle<int>(order);
        return BatchOf(_training, [.. order.Take(count)]);
    }

    public Batch Read(int era, Modality modality, int countMax) =>
        modality == _modality ? BatchOf(_heldOut, [.. Enumerable.Range(0, Math.Min(countMax, _heldOut.Length))]) : new Batch(modality, [], [], []);

    private static string Assets => Path.Combine(AppContext.BaseDirectory, "assets");

    private Batch BatchOf((Frame? Frame, Domain.Text Text)[] samples, int[] numbers) => new(
        _modality,
        [.. numbers.Select(number => new SampleId(number))],
        [.. numbers.Select(number => samples[number].Frame).OfType<Frame>()],
        _modality == Modality.Frame ? [] : [.. numbers.Select(number => samples[number].Text)]);
}
