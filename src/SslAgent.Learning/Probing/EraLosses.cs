using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Probing;

/// <summary>
/// One objective's held-out loss on one era's sentinels: its mean, its noise over masks, and its means by groups of sentinels. The groups are stretches of the
/// era in order of admission (of windows, where the objective reads those), the same at every version: two versions' groups, compared pair by pair, tell how uncertain their difference is, and
/// neighbours that look alike count as the one thing that they are.
/// </summary>
internal sealed class EraLosses(LearnerPlan plan, ObjectiveDefinition objective, int era, Batch sentinels, Func<Batch, DrawKey, ObjectiveInput> input)
{
    /// <summary>Most samples embedded or masked at once.</summary>
    private const int ChunkSamples = 64;

    private readonly int _chunk = Math.Max(1, ChunkSamples / sentinels.WindowFrames);

    private const int GroupsMax = 16;

    /// <summary>Fewest pairs that are split in two chunks: with all in one, a contrastive loss would be the same in each repeat and know no noise.</summary>
    private const int PairsToSplitMin = 8;

    private readonly int[][] _groups = Slices(sentinels.Windows, Math.Min(GroupsMax, sentinels.Windows));

    private DrawKey Root => new(plan.Seed, 0, era, ChanceStream.Probe);

    public EraProbe Measure()
    {
        double[][] repeats = [.. Enumerable.Range(0, plan.Probe.Repeats).Select(repeat => objective.ProbeLosses is { } several ? Contrast(several, repeat) : Ask(repeat))];
        double[] losses = [.. repeats.Select(Mean)];
        double mean = losses.Average();
        double noise = Math.Sqrt(losses.Sum(loss => (loss - mean) * (loss - mean)) / (losses.Length - 1));
        return new EraProbe(era, objective.Name, mean, noise, TrivialLoss(), sentinels.Windows, EraProbe.SetOf(sentinels.Ids))
        {
            Groups = [.. Enumerable.Range(0, _groups.Length).Select(group => repeats.Average(groups => groups[group]))],
        };
    }

    /// <summary>Mean of groups of different sizes, each sentinel counting the same.</summary>
    private double Mean(double[] groups) => groups.Zip(_groups, (loss, rows) => loss * rows.Length).Sum() / sentinels.Windows;

    /// <summary>Each group's loss where a part of a batch may be asked about alone.</summary>
    private double[] Ask(int repeat) =>
    [
        .. _groups.Select(rows => rows.Chunk(_chunk).Sum(chunk =>
        {
            using var scope = NewDisposeScope();
            ObjectiveInput asked = input(Select(chunk), Root with { Part = repeat * sentinels.Windows + chunk[0] });
            return objective.Loss(asked).Loss.cpu().item<float>() * (double)chunk.Length;
        }) / rows.Length),
    ];

    /// <summary>Each group's loss where all of a chunk take part in each one's: chunks are shuffled anew in each repeat, and the best candidate is the best for all.</summary>
    private double[] Contrast(Func<ObjectiveInput, Tensor> several, int repeat)
    {
        DrawKey key = Root with { Part = repeat };
        int[] order = [.. Enumerable.Range(0, sentinels.Windows)];
        new Philox(key).Shuffle<int>(order);
        double[][]? losses = null; // [C][R]
        foreach (int[] chunk in Chunks(order))
        {
            using var scope = NewDisposeScope();
            Tensor own = several(input(Select(chunk), key with { Part = repeat * sentinels.Windows + chunk[0] })); // [C, B]
            float[] values = own.cpu().contiguous().data<float>().ToArray();
            losses ??= [.. Enumerable.Range(0, values.Length / chunk.Length).Select(_ => new double[sentinels.Windows])];
            for (var i = 0; i < values.Length; i++) losses[i / chunk.Length][chunk[i % chunk.Length]] = values[i];
        }

        double[] best = Check.NotNull(losses, "an era that is probed has sentinels").MinBy(candidate => candidate.Average())!;
        return [.. _groups.Select(rows => rows.Average(row => best[row]))];
    }

    private double TrivialLoss()
    {
        using var scope = NewDisposeScope();
        if (objective.ProbeLosses is null) return objective.TrivialLoss(input(sentinels, Root));
        // What indifference costs depends on how many there are to choose among: the same chunks as the loss.
        return Chunks([.. Enumerable.Range(0, sentinels.Windows)]).Sum(chunk => chunk.Length * objective.TrivialLoss(input(Select(chunk), Root))) / sentinels.Windows;
    }

    /// <summary>As few chunks as there may be, as equal in size as they can be: sizes differ by one at most, so that ln B hardly does.</summary>
    private IEnumerable<int[]> Chunks(int[] order)
    {
        int count = (order.Length + _chunk - 1) / _chunk;
        if (order.Length >= PairsToSplitMin) count = Math.Max(count, 2);
        return Slices(order.Length, count).Select(slice => slice.Select(place => order[place]).ToArray());
    }

    private static int[][] Slices(int length, int count) =>
        [.. Enumerable.Range(0, count).Select(slice => Enumerable.Range(slice * length / count, ((slice + 1) * length / count) - (slice * length / count)).ToArray())];

    private Batch Select(int[] rows) => sentinels.Take(rows);
}
