using System.Text;
using SslAgent.Domain;

namespace SslAgent.Faults.Tests.LyingDisk;

/// <summary>
/// A fixed sequence of everything that goes into a journal: record number i is item i, so that a position says where to go on. Samples of all kinds, bad
/// messages; after each stretch a cycle that begins, one that ends with a version, and the history before that version given up; once a rollback.
/// </summary>
internal static class ScriptedStream
{
    public const int Cycles = 5, RollBackTo = 2;

    private const int BeforeCycle = 14, WithinCycle = 5;

    public static IReadOnlyList<JournalRecord> Items { get; } = [.. Build()];

    public static long OffsetAfter(long position) => Items.Take((int)position).LongCount(item => IntakeOf(item) is not null);

    /// <summary>What ingest offers for this record, or null where it is a decision.</summary>
    public static Intake? IntakeOf(JournalRecord record) => record switch
    {
        JournalRecord.Admitted admitted => new Intake.Accepted(admitted.Sample),
        JournalRecord.Rejected rejected => new Intake.Refused(rejected.Delivery, rejected.Rejection),
        JournalRecord.Skipped skipped => new Intake.PassedOver(skipped.At, skipped.Source, skipped.Reason),
        _ => null,
    };

    /// <summary>A record in words, with its content: what two journals are compared by.</summary>
    public static string Describe(JournalRecord record) => record switch
    {
        JournalRecord.Admitted { Sample: var sample } =>
            $"admitted {sample.At} {sample.Source} {Convert.ToHexString(sample.Frame?.Rgb ?? [])} {sample.Text}",
        JournalRecord.Rejected { Delivery: var delivery } => $"rejected {delivery.At} {Convert.ToHexString(delivery.Value ?? [])}",
        JournalRecord.Skipped skipped => $"skipped {skipped.At} {skipped.Reason}",
        JournalRecord.TokenizerFrozen frozen => $"tokenizer of {frozen.VocabularySize} frozen",
        JournalRecord.CycleStarted started => $"cycle {started.Cycle} started by {started.Trigger}",
        JournalRecord.CycleEnded ended => $"cycle {ended.Cycle} ended as {ended.Version} after {ended.StepsDone}",
        JournalRecord.HistoryRetired retired => $"history before {retired.Horizon} retired",
        JournalRecord.RolledBack back => $"back to {back.To} at {back.ToPosition} as {back.Version}: {back.Reason}",
        _ => throw new ArgumentException($"{record} is not in the script", nameof(record)),
    };

    private static IEnumerable<JournalRecord> Build()
    {
        int offset = 0, version = 0;
        var positions = new Dictionary<int, long>();
        long position = 0;
        for (int cycle = 1; cycle <= Cycles; cycle++)
        {
            for (int i = 0; i < BeforeCycle; i++, position++) yield return Message(offset++);
            if (cycle == 1)
            {
                // Until then the first texts are kept for it, and nothing is retired.
                yield return new JournalRecord.TokenizerFrozen([0x7B, 0x7D], 300, 100);
                position++;
            }

            yield return new JournalRecord.CycleStarted(new CycleNumber(cycle), "{\"steps\":10}", "cpu", "count");
            position++;
            for (int i = 0; i < WithinCycle; i++, position++) yield return Message(offset++);
            yield return new JournalRecord.CycleEnded(new CycleNumber(cycle), 10, new ModelVersion(++version), Verdict.Promoted, []);
            positions[version] = ++position;
            yield return new JournalRecord.HistoryRetired(positions[version], "retention");
            position++;
            if (cycle != RollBackTo + 1) continue;
            yield return new JournalRecord.RolledBack(
                new ModelVersion(RollBackTo), positions[RollBackTo], new ModelVersion(++version), ReplayRollback.DropSince, "poison", []);
            position++;
        }

        for (int i = 0; i < WithinCycle; i++) yield return Message(offset++);
    }

    private static JournalRecord Message(int offset)
    {
        var at = new SourceOffset("stream", 0, 0, offset);
        if (offset % 11 == 7) return new JournalRecord.Rejected(new Delivery(at, 5, null, Bytes(offset, 30), []), new Rejection("decode", "not a message"));
        if (offset % 13 == 9) return new JournalRecord.Skipped(at, "host", SkipReason.Tombstone);
        var text = new Text(Encoding.UTF8.GetBytes($"line {offset} of the log"));
        var frame = new Frame(6, 6, Bytes(offset, 6 * 6 * 3));
        return new JournalRecord.Admitted(
            new Sample(at, $"source-{offset % 3}", 1000L * offset, $"m{offset}", null, offset % 3 == 1 ? null : frame, offset % 3 == 2 ? null : text), false);
    }

    private static byte[] Bytes(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(seed * 31 + i * 7))];
}
