using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>Reads the numbers off a state.</summary>
internal static class StatsOf
{
    public static ReplayStats State(ReplayState state, JournalSize journal, ReplayOptions options, long redelivered, long unreadable)
    {
        ReplayMemory memory = state.Memory;
        return new ReplayStats(
            journal.Position, journal.Bytes, journal.PendingBytes, options.JournalBytesMax,
            state.TrainableAdmitted, state.SentinelsAdmitted, state.Rejected,
            Enum.GetValues<SkipReason>().ToDictionary(reason => reason, state.Skipped), redelivered, state.PartitionTable.Missing,
            state.TrainableSinceCycle, state.TextBytesAdmitted, state.TokenizerFrozenAt is not null,
            state.Buffered, memory.Buffer.Frames.Bytes, memory.Buffer.Texts.Bytes,
            new AvailableData(memory.Fresh.Frames.Count, memory.Fresh.Texts.Count, memory.Fresh.Pairs.Count),
            memory.PairsFound, memory.LateHalves, memory.LateHalvesEvicted, memory.Eras.Count, memory.Eras.Dropped,
            memory.Sources.Count, unreadable);
    }

    /// <summary>The journal's part of the numbers.</summary>
    public readonly record struct JournalSize(long Position, long Bytes, long PendingBytes);
}
