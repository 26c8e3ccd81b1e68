using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>The fold at one position, as a version keeps it.</summary>
/// <param name="Position">The fold of all records before this sequence number.</param>
/// <param name="ReplayIndex">The content of <c>replay.bin</c>.</param>
/// <param name="Watch">The content of <c>drift.json</c>.</param>
internal sealed record FrozenFold(long Position, IReadOnlyList<PartitionPosition> Offsets, byte[] ReplayIndex, byte[] Watch);

/// <summary>
/// A cycle that is ready to be trained: its record, the view that was frozen when it began and, where it is run anew after a crash, what the
/// journal already knows of its end.
/// </summary>
/// <param name="Parent">What it stands on; null for the first weights.</param>
/// <param name="Promoted">The last promoted version when it began; null before the first promotion.</param>
/// <param name="Buffer">The replay buffer, for the cycle's model to weigh when it ends.</param>
/// <param name="TokenizerJson">The tokenizer as the journal had it when the cycle began, or null.</param>
/// <param name="StepsDone">Where its budget was reached, if the journal says so.</param>
/// <param name="Evicted">Whom its model found redundant, if the journal has it.</param>
/// <param name="Ended">Its end, if the journal has it: the verdict is then a fact and is not judged again.</param>
internal sealed record PreparedCycle(
    JournalRecord.CycleStarted Started, CyclePlan Plan, ModelVersion? Parent, ModelVersion? Promoted, IBatchSource Batches, ISentinelSource Sentinels, BufferView Buffer,
    byte[]? TokenizerJson, int? StepsDone = null, JournalRecord.Evicted? Evicted = null, JournalRecord.CycleEnded? Ended = null, FrozenFold? AtEnd = null)
{
    public CycleNumber Number => Started.Cycle;

    /// <summary>Steps to train: the plan's budget, or what the journal says was reached.</summary>
    public int Steps => Ended?.StepsDone ?? StepsDone ?? Plan.Steps;

    /// <summary>True while nothing but the plan limits it.</summary>
    public bool IsLive => Ended is null && StepsDone is null;

    /// <summary>A cycle of the journal, to be run anew: by recovery, or by an audit.</summary>
    /// <param name="begun">As the fold had it when it began.</param>
    /// <param name="open">The same as the line of versions had it.</param>
    /// <param name="views">Its views, by its own plan.</param>
    public static PreparedCycle Of(
        OpenCycle begun, LineageFold.OpenCycle open, byte[]? tokenizerJson, Func<CyclePlan, (IBatchSource Batches, ISentinelSource Sentinels, BufferView Buffer)> views)
    {
        CyclePlan plan = PlanOf(begun.Started);
        (IBatchSource batches, ISentinelSource sentinels, BufferView buffer) = views(plan);
        return new PreparedCycle(begun.Started, plan, open.Parent, open.Promoted, batches, sentinels, buffer, tokenizerJson) { Evicted = open.Evicted };
    }

    /// <summary>What the journal says of whom its model found redundant: that nobody was, where it has the end and nothing else; null while that is not decided.</summary>
    public JournalRecord.Evicted? EvictedFact => Evicted ?? (Ended is null ? null : new JournalRecord.Evicted(Number, [], [], []));

    /// <summary>Throws <see cref="StateRefusedException"/> where another release wrote it in another way.</summary>
    public static CyclePlan PlanOf(JournalRecord.CycleStarted started)
    {
        try
        {
            return CyclePlan.FromJson(started.PlanJson);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException)
        {
            throw new StateRefusedException($"the plan of cycle {started.Cycle} in the journal cannot be read by this release: {fault.Message}");
        }
    }
}
