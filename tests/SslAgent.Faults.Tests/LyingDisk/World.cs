using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Faults.Tests.LyingDisk;

/// <summary>
/// Everything durable of an agent on one disk, in the order in which the daemon does it: append and group commit, decision, version, pointers, retention,
/// retirement of journal. One thread, no clock, no training: a fault at the nth step of the disk is the same fault every time.
/// </summary>
internal sealed class World : IDisposable
{
    public const string Journal = "/state/journal", Versions = "/state/versions";

    private const int GroupRecords = 7;
    private static readonly RetentionPolicy Retention = new(KeepLast: 3, KeepPromoted: 1, KeepTrainingState: 1, BytesMax: long.MaxValue);

    private readonly IDisk _disk;
    private readonly Dictionary<ModelVersion, SavedState> _saved = [];

    // Pauses between attempts are the caller's business; it may mend the disk meanwhile.
    private readonly Action _pause;

    private World(IDisk disk, Action pause) => (_disk, _pause) = (disk, pause);

    public required VersionStore Store { get; init; }

    public required ReplayLedger Ledger { get; init; }

    /// <summary>What the fold was at each position that this process has seen.</summary>
    public Dictionary<long, string> Digests { get; } = [];

    /// <summary>Said to the outside as durable: the next offset, the version that is stood on.</summary>
    public (long Offset, ModelVersion? Head) Acknowledged { get; private set; }

    public static ReplayOptions Options { get; } = new()
    {
        SegmentBytes = 1024, FramesMax = 2, TextsMax = 2, PairsMax = 2, FreshMax = 3, SentinelOneIn = 6, EraSamples = 20, EraSentinelsMax = 1, ErasMax = 3,
        SentinelTextsMax = 5,
    };

    public static World Open(IDisk disk, Action pause)
    {
        VersionStore store = Insist(() => VersionStore.Open(disk, Versions, StoreAccess.ReadWrite, TimeProvider.System, NullLogger.Instance), pause);
        VersionManifest? newest = store.FindSound(_ => true, default);
        byte[]? index = null;
        if (newest is not null)
        {
            using IStoredModel stored = store.Open(newest.Version);
            index = stored.ReadFile("replay.bin");
        }

        var saved = new Dictionary<ModelVersion, SavedState>();
        var digests = new Dictionary<long, string>();
        ReplayLedger ledger = Insist(
            () => ReplayLedger.Open(
                new ReplayPlace(disk, Journal, 7, TimeProvider.System), Options, index is null ? null : new MemoryStream(index), NullLogger.Instance,
                (numbered, state) =>
                {
                    using var bytes = new MemoryStream();
                    state.Save(bytes);
                    digests[state.Position] = Digest(bytes.ToArray());
                    if (VersionOf(numbered.Record) is { } version)
                        saved[version] = new SavedState(numbered.Sequence, state.Position, state.Partitions, bytes.ToArray());
                }),
            pause);
        var world = new World(disk, pause) { Store = store, Ledger = ledger };
        foreach ((ModelVersion version, SavedState state) in saved) world._saved[version] = state;
        foreach ((long position, string digest) in digests) world.Digests[position] = digest;
        return world;
    }

    /// <summary>From wherever it is to the end of the script.</summary>
    public void Finish()
    {
        PublishWhatIsMissing();
        while (Ledger.Position < ScriptedStream.Items.Count)
        {
            JournalRecord item = ScriptedStream.Items[(int)Ledger.Position];
            Append(item);
            if (VersionOf(item) is { } version) Publish(item, version);
            else if (Ledger.Position % GroupRecords == 0) Sync();
        }

        Sync();
    }

    public string DigestNow()
    {
        using var bytes = new MemoryStream();
        Ledger.SaveState(bytes);
        return Digest(bytes.ToArray());
    }

    /// <summary>All records that are durable, by number.</summary>
    public SortedDictionary<long, JournalRecord> Records()
    {
        var records = new SortedDictionary<long, JournalRecord>();
        using JournalCursor cursor = Ledger.Read(0);
        while (cursor.MoveNext()) records.Add(cursor.Current.Sequence, cursor.Current.Record);
        return records;
    }

    public void Dispose() => Ledger.Dispose();

    public static ModelVersion? VersionOf(JournalRecord record) => record switch
    {
        JournalRecord.CycleEnded ended => ended.Version,
        JournalRecord.RolledBack back => back.Version,
        _ => null,
    };

    private void Append(JournalRecord item)
    {
        switch (item)
        {
            case JournalRecord.CycleStarted started:
                Insist(() => Ledger.StartCycle(started), _pause);
                break;
            case JournalRecord.TokenizerFrozen:
                Insist(() => Ledger.Decide(item), _pause);
                break;
            case JournalRecord.HistoryRetired retired:
                Insist(() => Ledger.Decide(item), _pause);
                Housekeep(() => Ledger.Retire(new HashSet<long>(), retired.Horizon, default));
                break;
            case JournalRecord.CycleEnded or JournalRecord.RolledBack:
                SavedState saved = Insist(() => Ledger.DecideAndSave(item), _pause);
                _saved[VersionOf(item).GetValueOrDefault()] = saved;
                break;
            default:
                Intake intake = ScriptedStream.IntakeOf(item) ?? throw new InvalidOperationException($"{item} is no intake");
                Insist(() => Ledger.Admit(intake), _pause);
                break;
        }

        Digests[Ledger.Position] = DigestNow();
    }

    private void Sync()
    {
        IReadOnlyList<PartitionPosition> positions = Insist(Ledger.Sync, _pause);
        Acknowledged = Acknowledged with { Offset = positions.Count == 0 ? 0 : positions[0].NextOffset };
    }

    /// <summary>A decision that names a version, and the version not there: it is made anew, as recovery does.</summary>
    private void PublishWhatIsMissing()
    {
        foreach (JournalRecord decision in ScriptedStream.Items.Take((int)Ledger.Position))
        {
            if (VersionOf(decision) is { } version && _saved.ContainsKey(version) && Store.Find(version) is null) Publish(decision, version);
        }

        if (Store.List() is [{ } newest, ..]) Insist(() => { Store.MovePointers(newest.Version); return true; }, _pause);
    }

    /// <summary>As the save queue does it: what fails is repeated; retention waits for the next time.</summary>
    private void Publish(JournalRecord decision, ModelVersion version)
    {
        SavedState saved = _saved[version];
        ExtraFile[] extras = [new("replay.bin", stream => stream.Write(saved.Bytes))];
        Insist(
            () =>
            {
                VersionManifest manifest = decision is JournalRecord.RolledBack back
                    ? Store.PublishRollback(
                        new RollbackDraft(version, back.To, DateTimeOffset.UnixEpoch, saved.Position, saved.Partitions, back.Reason), extras)
                    : Store.Publish(Draft((JournalRecord.CycleEnded)decision, saved), new MemoSnapshot(version), extras);
                Store.MovePointers(version);
                return manifest;
            },
            _pause);
        Acknowledged = Acknowledged with { Head = version };
        Housekeep(() => Store.Prune(Retention));
    }

    /// <summary>What fails here is done again the next time.</summary>
    private static void Housekeep(Action tidy)
    {
        try
        {
            tidy();
        }
        catch (StorageException)
        {
            // The disk is told of by whoever has to write.
        }
    }

    private static VersionDraft Draft(JournalRecord.CycleEnded ended, SavedState saved)
    {
        using JsonDocument plan = JsonDocument.Parse("{}");
        return new VersionDraft(
            ended.Version, ended.Version.Number > 1 ? new ModelVersion(ended.Version.Number - 1) : null, "lineage", DateTimeOffset.UnixEpoch, ended.Cycle,
            ended.StepsDone, saved.Position, saved.Partitions, ended.Verdict, ProbeReport.Empty, Report: null, plan.RootElement.Clone(), "cpu");
    }

    private static string Digest(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static T Insist<T>(Func<T> write, Action pause)
    {
        while (true)
        {
            try
            {
                return write();
            }
            catch (StorageException)
            {
                pause();
            }
        }
    }
}
