using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>A cycle that began and has not ended: what recovery has to run again.</summary>
/// <param name="Sequence">The number of its <see cref="JournalRecord.CycleStarted"/>.</param>
/// <param name="StepsDone">The step at which its budget ended it, where that is journalled already.</param>
public sealed record OpenCycle(long Sequence, JournalRecord.CycleStarted Started, int? StepsDone)
{
    /// <summary>What it trains on, frozen when it began.</summary>
    internal TrainingIndex Index { get; init; } = TrainingIndex.Empty;

    /// <summary>What it is probed on, frozen at the same moment: run anew, it is judged by the same samples.</summary>
    internal SentinelIndex Sentinels { get; init; } = SentinelIndex.Empty;

    /// <summary>What its model weighs when it ends, frozen at the same moment.</summary>
    internal Candidates Candidates { get; init; } = Candidates.Empty;

    internal void Save(BinaryWriter to)
    {
        to.Write(Sequence);
        to.Write(Started.Cycle.Value);
        to.Write(Started.PlanJson);
        to.Write(Started.Fingerprint);
        to.Write(Started.Trigger);
        to.Write(StepsDone ?? -1);
        Index.Save(to);
        Sentinels.Save(to);
        Candidates.Save(to);
    }

    internal static OpenCycle Load(BinaryReader from)
    {
        long sequence = from.ReadInt64();
        var started = new JournalRecord.CycleStarted(
            new CycleNumber(from.ReadInt32()), from.ReadString(), from.ReadString(), from.ReadString());
        int stepsDone = from.ReadInt32();
        return new OpenCycle(sequence, started, stepsDone < 0 ? null : stepsDone)
        {
            Index = TrainingIndex.Load(from),
            Sentinels = SentinelIndex.Load(from),
            Candidates = Candidates.Load(from),
        };
    }
}
