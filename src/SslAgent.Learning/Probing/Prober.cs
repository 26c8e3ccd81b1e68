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
    /// <summary>Most samples embedded or masked at once.</summary>
    private const int ChunkSamples = 64;

    /// <summary>Fewest pairs that are split in two groups: with all in one, a contrastive loss would be the same in each repeat and know no noise.</summary>
    private const int PairsToSplitMin = 8;

    /// <summary>Sentinels of one kind that feature health and retrieval are measured on, over all eras, evenly.</summary>
    private const int PoolMax = 1024;

    public ProbeReport Run()
    {
        using IDisposable noGradients = no_grad();
        EraProbe[] eras =
            [.. sentinels.Eras.SelectMany(era => objectives.Select(objective => ProbeEra(era.Number, objective))).OfType<EraProbe>()];
        return new ProbeReport(eras, [.. Health()], ProbeRetrieval());
    }

    /// <summary>Null where the era has too few sentinels, or the objective's reader is not there yet.</summary>
    private EraProbe? ProbeEra(int era, ObjectiveDefinition objective)
    {
        if (objective.ReadsText && tokenizer is null) return null;
        Batch all = sentinels.Read(era, objective.Modality, plan.Probe.SentinelsMax);
        if (all.Count < objective.SamplesMin) return null;
        double[] losses = [.. Enumerable.Range(0, plan.Probe.Repeats).Select(repeat => MeanLoss(all, objective, era, repeat))];
        double mean = losses.Average();
        double noise = Math.Sqrt(losses.Sum(loss => (loss - mean) * (loss - mean)) / (losses.Length - 1));
        return new EraProbe(era, objective.Name, mean, noise, TrivialLoss(all, objective, era), all.Count, EraProbe.SetOf(all.Ids));
    }

    /// <summary>Mean over chunks, weighted by their samples. Each repeat shuffles the samples anew, so that contrastive chunks differ too.</summary>
    private double MeanLoss(Batch all, ObjectiveDefinition objective, int era, int repeat)
    {
        var key = new DrawKey(plan.Seed, 0, era, ChanceStream.Probe, repeat);
        int[] order = [.. Enumerable.Range(0, all.Count)];
        new Philox(key).Shuffle<int>(order);
        int[][] chunks = Chunks(order, objective.Modality);
        double sum = 0;
        for (var index = 0; index < chunks.Length; index++)
        {
            using var scope = NewDisposeScope();
            ObjectiveInput input = Input(Select(all, chunks[index]), key with { Part = repeat * all.Count + index });
            sum += chunks[index].Length * objective.Loss(input).Loss.cpu().item<float>();
        }

        return sum / chunks.Sum(chunk => chunk.Length);
    }

    private double TrivialLoss(Batch all, ObjectiveDefinition objective, int era)
    {
        using var scope = NewDisposeScope();
        var key = new DrawKey(plan.Seed, 0, era, ChanceStream.Probe);
        if (objective.Modality != Modality.Pair) return objective.TrivialLoss(Input(all, key));
        // What indifference costs depends on how many there are to choose among: the same chunks as the loss.
        int[][] chunks = Chunks([.. Enumerable.Range(0, all.Count)], objective.Modality);
        return chunks.Sum(chunk => chunk.Length * objective.TrivialLoss(Input(Select(all, chunk), key))) / chunks.Sum(chunk => chunk.Length);
    }

    /// <summary>Mean features over evenly many sentinels of each era.</summary>
    private IEnumerable<FeatureHealth> Health()
    {
        using var scope = NewDisposeScope();
        if (Features(Modality.Frame, input => towers.Vision.Pool(input.Frames!)) is { } frames)
            yield return FeatureStatistics.Of("frames", frames);
        if (tokenizer is null) yield break;
        if (Features(Modality.Text, input => towers.Text.Pool(new TokenTensors(input.Texts!, input.Device))) is { } texts)
            yield return FeatureStatistics.Of("text", texts);
    }

    private Tensor? Features(Modality modality, Func<ObjectiveInput, Tensor> embed)
    {
        Batch pool = Pool(modality);
        return pool.Count < 2 ? null : Embed(pool, embed);
    }

    private RetrievalProbe? ProbeRetrieval()
    {
        if (tokenizer is null || !objectives.Any(objective => objective.Name == ObjectiveNames.Clip)) return null;
        using var scope = NewDisposeScope();
        Batch pool = Pool(Modality.Pair);
        if (pool.Count < 2) return null;
        Tensor frames = Embed(pool, input => Clip.EmbedFrames(towers, input.Frames!)); // [R, J]
        Tensor texts = Embed(pool, input => Clip.EmbedTexts(towers, new TokenTensors(input.Texts!, input.Device))); // [R, J]
        float[] scores = texts.mm(frames.t()).cpu().contiguous().data<float>().ToArray();
        return Retrieval.Measure([.. scores.Chunk(pool.Count)], GroupEqual(pool.Texts));
    }

    private Batch Pool(Modality modality)
    {
        int each = Math.Max(1, PoolMax / Math.Max(1, sentinels.Eras.Count));
        Batch[] eras = [.. sentinels.Eras.Select(era => sentinels.Read(era.Number, modality, Math.Min(each, plan.Probe.SentinelsMax)))];
        return new Batch(
            modality, [.. eras.SelectMany(era => era.Ids)], [.. eras.SelectMany(era => era.Frames)], [.. eras.SelectMany(era => era.Texts)]);
    }

    private Tensor Embed(Batch pool, Func<ObjectiveInput, Tensor> embed)
    {
        var rows = new List<Tensor>();
        foreach (int[] chunk in Enumerable.Range(0, pool.Count).Chunk(ChunkSamples))
        {
            using var scope = NewDisposeScope();
            rows.Add(embed(Input(Select(pool, chunk), default)).MoveToOuterDisposeScope());
        }

        return cat(rows);
    }

    private ObjectiveInput Input(Batch batch, DrawKey key) => InputBuilder.ForProbing(batch, plan, towers, tokenizer, objectiveState, key);

    /// <summary>As few chunks as there may be, as equal in size as they can be: sizes differ by one at most, so that ln B hardly does.</summary>
    private static int[][] Chunks(int[] order, Modality modality)
    {
        int count = (order.Length + ChunkSamples - 1) / ChunkSamples;
        if (modality == Modality.Pair && order.Length >= PairsToSplitMin) count = Math.Max(count, 2);
        return [.. Enumerable.Range(0, count).Select(chunk => order[(chunk * order.Length / count)..((chunk + 1) * order.Length / count)])];
    }

    private static Batch Select(Batch batch, int[] rows) => new(
        batch.Modality,
        [.. rows.Select(row => batch.Ids[row])],
        batch.Frames.Count == 0 ? [] : [.. rows.Select(row => batch.Frames[row])],
        batch.Texts.Count == 0 ? [] : [.. rows.Select(row => batch.Texts[row])]);

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
