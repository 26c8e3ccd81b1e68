using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>What reading a whole journal found.</summary>
/// <param name="Position">The number that the next record would get.</param>
/// <param name="Kinds">Records by what they say.</param>
/// <param name="TailBytes">Bytes at the end that are being written just now, or were torn by a crash: the next start cuts them, Kafka delivers them again.</param>
/// <param name="Damaged">Bytes that had been durable and are unreadable now.</param>
public sealed record JournalReport(
    int Segments, long Records, long Position, long Bytes, long TailBytes, IReadOnlyDictionary<string, long> Kinds, IReadOnlyList<DamagedRange> Damaged)
{
    public bool IsSound => Damaged.Count == 0;
}

/// <summary>Reads a journal from end to end and changes nothing, so it may be done beside a running daemon. For people: <c>replay verify</c>, <c>replay stats</c>.</summary>
public static class JournalInspection
{
    /// <summary>Checks every checksum and decodes every record.</summary>
    public static JournalReport Verify(IDisk disk, string directory, CancellationToken cancellation) => Read(disk, directory, static (_, _) => { }, cancellation);

    /// <summary>Folds what stands in the journal onto a saved state (or from the beginning) and gives its numbers.</summary>
    public static (JournalReport Report, ReplayStats Stats) Fold(
        IDisk disk, string directory, ReplayOptions options, ReplayState state, CancellationToken cancellation)
    {
        SortedDictionary<long, JournalRecord> decisions = [];
        JournalReport report = Read(disk, directory, (sequence, record) =>
        {
            if (sequence < state.Position) return;
            if (JournalCodec.IsDecision(record)) decisions[sequence] = record;
            else Apply(state, decisions, sequence, record);
        }, cancellation);
        Apply(state, decisions, long.MaxValue, null);
        return (report, StatsOf.State(state, new StatsOf.JournalSize(report.Position, report.Bytes, 0), options, redelivered: 0));
    }

    /// <summary>Decisions first: there are few, and each must be at hand when the samples reach its number.</summary>
    private static JournalReport Read(IDisk disk, string directory, Action<long, JournalRecord> each, CancellationToken cancellation)
    {
        SortedDictionary<string, long> kinds = new(StringComparer.Ordinal);
        long last = -1;
        bool Take(LogRecord stored)
        {
            last = Math.Max(last, stored.Sequence);
            if (TryDecode(stored) is not { } record) return false;
            string kind = record.GetType().Name;
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            each(stored.Sequence, record);
            return true;
        }

        LogInspection decisions = RecordLogInspection.Run(disk, Journal.DecisionsIn(directory), Take, cancellation);
        LogInspection samples = RecordLogInspection.Run(disk, Journal.SamplesIn(directory), Take, cancellation);
        return new JournalReport(
            decisions.Segments + samples.Segments, decisions.Records + samples.Records, last + 1, decisions.Bytes + samples.Bytes,
            decisions.TailBytes + samples.TailBytes, kinds, [.. decisions.Damaged, .. samples.Damaged]);
    }

    private static JournalRecord? TryDecode(LogRecord stored)
    {
        try
        {
            return JournalCodec.Decode((RecordKind)stored.Kind, stored.Payload.Span);
        }
        catch (JournalFormatException)
        {
            return null;
        }
    }

    private static void Apply(ReplayState state, SortedDictionary<long, JournalRecord> decisions, long sequence, JournalRecord? record)
    {
        while (decisions.Count > 0 && decisions.First() is { Key: var at, Value: var decision } && at < sequence)
        {
            state.Apply(at, decision);
            decisions.Remove(at);
        }

        if (record is not null) state.Apply(sequence, record);
    }
}
