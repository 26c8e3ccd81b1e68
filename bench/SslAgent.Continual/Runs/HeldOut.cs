using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Learning.Text.Tokenizing;
using SslAgent.Replay;

namespace SslAgent.Continual.Runs;

/// <summary>
/// What one seed makes of a stream before anybody learns from it: the sentinels of the whole stream by the eras of its order, the tokenizer that its first texts
/// give, and where cycles begin. The same for every method, so that their losses answer the same questions.
/// </summary>
internal sealed class HeldOut : ISentinelSource
{
    private readonly Dictionary<(int Era, Modality Modality), Batch> _batches = [];

    private HeldOut(SentinelView sentinels)
    {
        Eras = sentinels.Eras;
        foreach (Era era in Eras)
        {
            foreach (Modality modality in Enum.GetValues<Modality>()) _batches[(era.Number, modality)] = sentinels.Read(era.Number, modality, int.MaxValue);
        }
    }

    public IReadOnlyList<Era> Eras { get; }

    /// <summary>For each era the number of the first cycle, from 0, that began when it had sentinels.</summary>
    public required IReadOnlyDictionary<int, int> SeenFrom { get; init; }

    public required int Cycles { get; init; }

    /// <summary>Samples that may be trained on.</summary>
    public required int Trainable { get; init; }

    /// <summary>Null for a stream without texts.</summary>
    public required BpeTokenizer? Tokenizer { get; init; }

    public int Count => Eras.Sum(era => Math.Max(era.Frames, era.Texts));

    public static HeldOut Of(StreamSpec spec, StreamData data, int seed, int vocabularySize, TimeProvider time)
    {
        ReplayOptions options = spec.Replay(Methods.WithCapacity(new ReplayOptions(), 1));
        using var scratch = new ScratchLedger(options, seed, time);
        ReplayLedger ledger = scratch.Ledger;
        var seenFrom = new Dictionary<int, int>();
        BpeTokenizer? tokenizer = null;
        int cycles = 0;
        scratch.Admit(data.Items, spec.SamplesTrigger, () =>
        {
            tokenizer ??= TrainTokenizer(ledger, vocabularySize);
            foreach (Era era in ledger.Sentinels().Eras) seenFrom.TryAdd(era.Number, cycles);
            ledger.StartCycle(new JournalRecord.CycleStarted(new CycleNumber(++cycles), "{}", "", "count"));
            ledger.Decide(new JournalRecord.CycleEnded(new CycleNumber(cycles), 0, new ModelVersion(cycles), Verdict.Promoted, []));
        });
        return new HeldOut(ledger.Sentinels())
        {
            SeenFrom = seenFrom, Cycles = cycles, Trainable = (int)ledger.Stats().TrainableAdmitted, Tokenizer = tokenizer,
        };
    }

    public Batch Read(int era, Modality modality, int countMax)
    {
        Batch all = _batches[(era, modality)];
        return new Batch(modality, Thin.Evenly(all.Ids, countMax), Thin.Evenly(all.Frames, countMax), Thin.Evenly(all.Texts, countMax));
    }

    private static BpeTokenizer? TrainTokenizer(ReplayLedger ledger, int vocabularySize)
    {
        if (ledger.Stats().TextBytesAdmitted == 0) return null;
        var trainer = new BpeTrainer();
        foreach (Text text in ledger.ReadTextsForTokenizer(long.MaxValue, passesOverBadSectors: false, CancellationToken.None)) trainer.Add(text.Utf8);
        return trainer.Train(vocabularySize, CancellationToken.None);
    }
}
