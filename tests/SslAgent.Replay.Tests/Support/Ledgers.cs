using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests.Support;

/// <summary>Ledgers on a simulated disk.</summary>
internal static class Ledgers
{
    public static ReplayOptions Small { get; } = new()
    {
        SegmentBytes = 1 << 16,
        FramesMax = 40,
        FrameBytesMax = 2000,
        TextsMax = 60,
        TextBytesMax = 1000,
        PairsMax = 20,
        FreshMax = 25,
        SentinelOneIn = 5,
        EraSamples = 100,
        EraSentinelsMax = 6,
        ErasMax = 4,
        LateHalvesMax = 12,
        RetryWindow = 50,
        SourcesMax = 3,
        SentinelTextsMax = 30,
    };

    public static ReplayLedger Open(IDisk disk, ReplayOptions? options = null, Stream? saved = null, Action<NumberedRecord, ReplayState>? observe = null) =>
        ReplayLedger.Open(new ReplayPlace(disk, "/journal", Some.Seed, TimeProvider.System), options ?? Small, saved, NullLogger.Instance, observe);

    public static ReplayLedger OpenNew(ReplayOptions? options = null) => Open(new SimulatedDisk(), options);

    public static AdmissionOutcome Admit(this ReplayLedger ledger, Sample sample) => ledger.Admit(new Intake.Accepted(sample));

    /// <summary>Starts a cycle and gives what it trains on, half of it fresh.</summary>
    public static TrainingView Start(this ReplayLedger ledger, int cycle) => ledger.View(ledger.StartCycle(Some.CycleStarted(cycle)), 0.5);

    public static List<NumberedRecord> ReadAll(this ReplayLedger ledger, long from = 0)
    {
        using JournalCursor cursor = ledger.Read(from);
        var records = new List<NumberedRecord>();
        while (cursor.MoveNext()) records.Add(cursor.Current);
        Assert.Empty(cursor.Damaged);
        return records;
    }

    public static MemoryStream SaveState(this ReplayLedger ledger)
    {
        var saved = new MemoryStream();
        ledger.SaveState(saved);
        saved.Position = 0;
        return saved;
    }
}
