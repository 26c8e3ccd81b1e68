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

    /// <summary>For each cycle the training samples that were admitted when it began, itself and all before it.</summary>
    public required IReadOnlyList<int> AdmittedAt { get; init; }

    public int Cycles => AdmittedAt.Count;

    /// <summary>Samples that may be trained on.</summary>
    public int Trainable => AdmittedAt[^1];

    /// <summary>Null for a stream without texts.</summary>
    public required BpeTokenizer? Tokenizer { get; init; }

    public int Count => Eras.Sum(era => Math.Max(era.Frames, era.Texts));

    public static HeldOut Of(StreamSpec spec, StreamData data, int seed, int vocabularySize, TimeProvider time)
    {
        ReplayOptions options = spec.Replay(Methods.WithCapacity(new ReplayOptions(), 1)) with { Policy = ReplayPolicy.Reservoir };
        using var scratch = new ScratchLedger(options, seed, time);
        ReplayLedger ledger = scratch.Ledger;
        var seenFrom = new Dictionary<int, int>();
        BpeTokenizer? tokenizer = null;
        var admittedAt = new List<int>();
        scratch.Admit(data.Items, spec.SamplesTrigger, () =>
        {
            tokenizer ??= TrainTokenizer(ledger, vocabularySize);
            foreach (Era era in ledger.Sentinels().Eras) seenFrom.TryAdd(era.Number, admittedAt.Count);
            admittedAt.Add((int)ledger.Stats().TrainableAdmitted);
            int cycle = admittedAt.Count;
            ledger.StartCycle(new JournalRecord.CycleStarted(new CycleNumber(cycle), "{}", "", "count"));
            ledger.Decide(new JournalRecord.CycleEnded(new CycleNumber(cycle), 0, new ModelVersion(cycle), Verdict.Promoted, []));
        });
        return new HeldOut(ledger.Sentinels()) { SeenFrom = seenFrom, AdmittedAt = admittedAt, Tokenizer = tokenizer };
    }

    /// <summary>A cycle's part, from 0, of all steps: by the samples that are new in it, so that a last short one weighs no more than it brings.</summary>
    public int StepsOf(int cycle, int allSteps)
    {
        int Before(int count) => count == 0 ? 0 : (int)((long)allSteps * AdmittedAt[count - 1] / Trainable);
        return Before(cycle + 1) - Before(cycle);
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
