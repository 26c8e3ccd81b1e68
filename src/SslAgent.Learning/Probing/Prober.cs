using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Probing;

/// <summary>
/// Measures given weights on the sentinels: every number a function of weights and sentinels alone (masks are keyed by era and repeat, never by time),
/// so two versions are compared on the same questions. One thread.
/// </summary>
internal sealed class Prober(
    LearnerPlan plan, TowerSet towers, ITokenizer? tokenizer, Weights? objectiveState, IReadOnlyList<ObjectiveDefinition> objectives, ISentinelSource sentinels)
{
    /// <summary>Most samples embedded at once.</summary>
    private const int ChunkSamples = 64;

    /// <summary>Sentinels of one kind that feature health and retrieval are measured on, over all eras, evenly.</summary>
    private const int PoolMax = 1024;

    /// <summary>Fewest sentinels of the newest era, and of those before it, that a shift is looked for in.</summary>
    private const int ShiftSamplesMin = 16;

    private const string Frames = "frames", Texts = "text", JointFrames = "joint frames", JointTexts = "joint text";

    private readonly List<EraShift> _shifts = [];
    private readonly List<FeatureHealth> _joint = [];

    public ProbeReport Run()
    {
        using IDisposable noGradients = no_grad();
        EraProbe[] eras =
            [.. sentinels.Eras.SelectMany(era => objectives.Select(objective => ProbeEra(era.Number, objective))).OfType<EraProbe>()];
        FeatureHealth[] health = [.. Health()];
        return new ProbeReport(eras, health, ProbeJointSpace()) { Shifts = [.. _shifts], Joint = [.. _joint], Witnesses = [.. Witnesses()] };
    }

    private IEnumerable<FeatureWitness> Witnesses() =>
        from objective in objectives
        where objective.VouchesForFeatures
        from section in objective.Sections
        from tower in SpacesOf(section)
        select new FeatureWitness(tower, objective.Name);

    private static string[] SpacesOf(string section) => section switch
    {
        VisionTower.Section => [Frames],
        TextTower.Section => [Texts],
        Clip.Section => [JointFrames, JointTexts],
        _ => [],
    };

    /// <summary>Null where the era has too few sentinels, or the objective's reader is not there yet.</summary>
    private EraProbe? ProbeEra(int era, ObjectiveDefinition objective)
    {
        if (objective.ReadsText && tokenizer is null) return null;
        Batch all = objective.Windows is { } windows
            ? sentinels.ReadWindows(era, windows.ShapeOf(plan.Windows), Math.Max(1, plan.Probe.SentinelsMax / windows.Frames))
            : sentinels.Read(era, objective.Modality, plan.Probe.SentinelsMax);
        return all.Windows < objective.SamplesMin ? null : new EraLosses(plan, objective, era, all, (rows, key) => InputBuilder.ForProbing(rows, objective, plan, towers, tokenizer, objectiveState, key)).Measure();
    }

    /// <summary>Of each tower; notes on the way whether the newest era's features shifted.</summary>
    private IEnumerable<FeatureHealth> Health()
    {
        using var scope = NewDisposeScope();
        if (Health(Modality.Frame, Frames, input => towers.Vision.Pool(input.Frames!)) is { } frames) yield return frames;
        if (tokenizer is null) yield break;
        if (Health(Modality.Text, Texts, input => towers.Text.Pool(new TokenTensors(input.Texts!, input.Device))) is { } text) yield return text;
    }

    private FeatureHealth? Health(Modality modality, string tower, Func<ObjectiveInput, Tensor> embed)
    {
        (int Era, Batch Own)[] pools = [.. Pools(modality)];
        Batch pool = BatchRows.Joined(modality, [.. pools.Select(part => part.Own)]);
        if (pool.Count < 2) return null;
        Tensor features = Embed(pool, embed, Input);
        if (pools.Length > 1) NoteShift(modality, tower, embed, pools[^1].Era, features.narrow(0, 0, pool.Count - pools[^1].Own.Count));
        // A second view of a frame is another crop of it; of a text there is none.
        Tensor? views = modality == Modality.Frame ? Embed(pool, embed, Crop) : null;
        return FeatureStatistics.Of(tower, features, SentinelGroups.Of(pools.Select(part => part.Own.Count)), views);
    }

    private void NoteShift(Modality modality, string tower, Func<ObjectiveInput, Tensor> embed, int era, Tensor before)
    {
        Batch newest = sentinels.Read(era, modality, plan.Probe.SentinelsMax);
        if (newest.Count < ShiftSamplesMin || before.shape[0] < ShiftSamplesMin) return;
        using var scope = NewDisposeScope();
        _shifts.Add(EraShifts.Of(era, tower, Embed(newest, embed, Input), before));
    }

    /// <summary>Retrieval; notes on the way how healthy either side of the space is.</summary>
    private RetrievalProbe? ProbeJointSpace()
    {
        if (tokenizer is null || !objectives.Any(objective => objective.Sections.Contains(Clip.Section))) return null;
        using var scope = NewDisposeScope();
        (int Era, Batch Own)[] pools = [.. Pools(Modality.Pair)];
        Batch pool = BatchRows.Joined(Modality.Pair, [.. pools.Select(part => part.Own)]);
        if (pool.Count < 2) return null;
        Tensor frames = Embed(pool, input => Clip.EmbedFrames(towers, input.Frames!), Input); // [R, J]
        Tensor texts = Embed(pool, input => Clip.EmbedTexts(towers, new TokenTensors(input.Texts!, input.Device)), Input); // [R, J]
        int[] equal = GroupEqual(pool.Texts);
        NoteJoint(JointFrames, frames, [.. Enumerable.Range(0, pool.Count)], pools);
        // A caption that repeats is one point by right: a stream of few captions has no collapsed space.
        NoteJoint(JointTexts, texts, [.. Enumerable.Range(0, pool.Count).DistinctBy(row => equal[row])], pools);
        float[] scores = texts.mm(frames.t()).cpu().contiguous().data<float>().ToArray();
        return Retrieval.Measure([.. scores.Chunk(pool.Count)], equal) with
        {
            Alignment = FeatureStatistics.Alignment(frames, texts),
            Uniformity = FeatureStatistics.Uniformity(cat([frames, texts])),
        };
    }

    /// <param name="rows">Those that count, in the order of the pools.</param>
    private void NoteJoint(string side, Tensor embedded, int[] rows, (int Era, Batch Own)[] pools)
    {
        if (rows.Length < 2) return;
        var sizes = new List<int>();
        var from = 0;
        foreach ((_, Batch own) in pools)
        {
            sizes.Add(rows.Count(row => row >= from && row < from + own.Count));
            from += own.Count;
        }

        _joint.Add(FeatureStatistics.Of(side, embedded.index_select(0, tensor(rows, device: embedded.device)), SentinelGroups.Of(sizes)));
    }

    /// <summary>Evenly many sentinels of each era that has any, oldest era first.</summary>
    private IEnumerable<(int Era, Batch Own)> Pools(Modality modality)
    {
        int each = Math.Max(1, PoolMax / Math.Max(1, sentinels.Eras.Count));
        return
            from era in sentinels.Eras
            let own = sentinels.Read(era.Number, modality, Math.Min(each, plan.Probe.SentinelsMax))
            where own.Count > 0
            select (era.Number, own);
    }

    private Tensor Embed(Batch pool, Func<ObjectiveInput, Tensor> embed, Func<Batch, DrawKey, ObjectiveInput> see)
    {
        var rows = new List<Tensor>();
        foreach (int[] chunk in Enumerable.Range(0, pool.Count).Chunk(ChunkSamples))
        {
            using var scope = NewDisposeScope();
            rows.Add(embed(see(pool.Rows(chunk), new DrawKey(plan.Seed, 0, 0, ChanceStream.Probe) { Part = chunk[0] })).MoveToOuterDisposeScope());
        }

        return cat(rows);
    }

    private ObjectiveInput Input(Batch batch, DrawKey key) => InputBuilder.ForProbing(batch, plan, towers, tokenizer, objectiveState, key);

    private ObjectiveInput Crop(Batch batch, DrawKey key) => InputBuilder.ForTraining(batch, plan, towers, tokenizer, objectiveState, key);

    private static int[] GroupEqual(IReadOnlyList<Domain.Text> texts)
    {
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbers = new int[texts.Count];
        for (var row = 0; row < texts.Count; row++)
        {
            string words = texts[row].ToString();
            if (!groups.TryGetValue(words, out int group)) groups.Add(words, group = groups.Count);
            numbers[row] = group;
        }

        return numbers;
    }
}
