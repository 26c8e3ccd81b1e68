using System.Text;
using SslAgent.Domain;

namespace SslAgent.Replay.Tests.Support;

/// <summary>Samples and records to test with; everything random comes from the generator handed in.</summary>
internal static class Some
{
    public const ulong Seed = 20261121;

    public static Text Text(string text) => new(Encoding.UTF8.GetBytes(text));

    public static Frame Frame(int value, int side = 2)
    {
        byte[] rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(value * 31 + i);
        return new Frame(side, side, rgb);
    }

    public static SourceOffset At(long offset, int partition = 0, string topic = "stream", int epoch = 0) => new(topic, partition, epoch, offset);

    public static Sample TextSample(long offset, string text, string source = "host", long timeMs = 0, string? id = null, string? pair = null) =>
        new(At(offset), source, timeMs, id, pair, null, Text(text));

    public static Sample FrameSample(long offset, int value, string source = "camera", long timeMs = 0, string? id = null, string? pair = null) =>
        new(At(offset), source, timeMs, id, pair, Frame(value), null);

    public static Sample PairSample(long offset, int value, string caption, string source = "camera") =>
        new(At(offset), source, 0, null, null, Frame(value), Text(caption));

    public static JournalRecord.CycleStarted CycleStarted(int cycle) => new(new CycleNumber(cycle), "{\"steps\":10}", "cpu", "samples");

    public static JournalRecord.CycleEnded CycleEnded(int cycle, int version, params long[] quarantined) =>
        new(new CycleNumber(cycle), 10, new ModelVersion(version), Verdict.Promoted, [.. quarantined.Select(id => new SampleId(id))]);

    public static JournalRecord.RolledBack RolledBack(long toPosition, ReplayRollback replay, params DeniedRange[] denied) =>
        new(new ModelVersion(1), toPosition, new ModelVersion(3), replay, "test", denied);

    /// <summary>One record of each kind, with every optional field once there and once not.</summary>
    public static IReadOnlyList<JournalRecord> EveryKind { get; } =
    [
        new JournalRecord.Admitted(new Sample(At(7, 3, "frames", 1), "cam-1", 1_700_000_000_123, "id-9", "pair-9", Frame(1), Text("a café")), true),
        new JournalRecord.Admitted(new Sample(At(0), "host", -5, null, null, null, Text("disk full")), false),
        new JournalRecord.Admitted(new Sample(At(1), "cam-1", 0, null, "k", Frame(2), null), false),
        new JournalRecord.Rejected(
            new Delivery(At(2), 12, [1, 2], [0xFF, 0xD8], [new MessageHeader("content-type", [1]), new MessageHeader("empty", null)]),
            new Rejection("frame", "no picture")),
        new JournalRecord.Rejected(new Delivery(At(3), 12, null, null, []), new Rejection("envelope", "empty")),
        new JournalRecord.Skipped(At(4), "host", SkipReason.ProducerRetry),
        new JournalRecord.EpochOpened("frames", 3, 2, 0, "re-created"),
        new JournalRecord.TokenizerFrozen([0x7B, 0x7D], 8192, 1_000_000),
        CycleStarted(1),
        new JournalRecord.BudgetReached(new CycleNumber(1), 77),
        new JournalRecord.CycleEnded(
            new CycleNumber(1), 77, new ModelVersion(1),
            new Verdict(VerdictKind.Hold, [new VerdictReason("forgetting", "mae loss, era 3", 0.5, double.NaN, "loss", VerdictKind.Hold)]),
            [new SampleId(1), new SampleId(2)]),
        new JournalRecord.CycleAbandoned(new CycleNumber(2), "numerics changed"),
        new JournalRecord.RolledBack(
            new ModelVersion(1), 9, new ModelVersion(2), ReplayRollback.DropSince, "poison", [new DeniedRange("frames", 3, 5, 9)]),
        new JournalRecord.RolledBack(new ModelVersion(4), 9, new ModelVersion(5), ReplayRollback.Keep, "it is well", []) { Accepts = true },
        new JournalRecord.HistoryRetired(4711, "retention"),
        new JournalRecord.Forgotten(new ModelVersion(2), new ModelVersion(3), "cam-1", null, "asked to", [new SampleId(1), new SampleId(3)]),
        new JournalRecord.Forgotten(new ModelVersion(3), new ModelVersion(4), null, 1_700_000_000_000, "too old", []),
        new JournalRecord.Evicted(new CycleNumber(4), [new SampleId(1), new SampleId(4)], [], [new SampleId(2)]),
        new JournalRecord.DriftFound("cam-1", "frame brightness", 91.5, 140.25, 3),
        new JournalRecord.TrainingResumed("seen"),
    ];

    public static byte[] Encoded(JournalRecord record)
    {
        var writer = new PayloadWriter();
        JournalCodec.Encode(record, writer);
        return writer.Written.ToArray();
    }
}
