using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>What others read from the ledger, and the disk that it gives back.</summary>
public sealed partial class ReplayLedger
{
    // In the journal for ever: says that a forgetting was carried through to the disk.
    private const string ErasedReason = "forgotten samples erased";

    /// <summary>sha256 of the folded state: equal states are equal in everything.</summary>
    public string StateDigest()
    {
        lock (_lock) return _state.Digest();
    }

    /// <summary>
    /// Training texts in journal order, until so many bytes were given: what the tokenizer is trained on. Ends the group commit early.
    /// </summary>
    /// <param name="passesOverBadSectors">Whether texts that the medium refuses to read are left out; else they throw.</param>
    public IEnumerable<Text> ReadTextsForTokenizer(long bytesMax, bool passesOverBadSectors, CancellationToken cancellation)
    {
        _journal.Sync();
        using JournalCursor cursor = _journal.Read(0, passesOverBadSectors);
        for (long bytes = 0; bytes < bytesMax && cursor.MoveNext();)
        {
            cancellation.ThrowIfCancellationRequested();
            if (cursor.Current.Record is not JournalRecord.Admitted { IsSentinel: false, Sample.Text: { } text }) continue;
            bytes += text.Utf8.Length;
            yield return text;
        }
    }

    /// <summary>All decisions from the beginning of the lineage, in order. They are few, and stay for ever.</summary>
    public IReadOnlyList<NumberedRecord> ReadDecisions() => _journal.ReadDecisions();

    /// <summary>Samples of the buffer that came at or after a position.</summary>
    public int CountSince(long position)
    {
        lock (_lock) return _state.CountSince(position);
    }

    /// <summary>The replay state that a version was saved with, or null where it is not there any more.</summary>
    public ReplayState? PastOf(ModelVersion version) => _rewinding.TryPastOf(version);

    /// <summary>Training samples in the journal from a position on: those within the ranges, and the others.</summary>
    public (long Within, long Without) CountAdmitted(long position, IReadOnlyList<DeniedRange> ranges)
    {
        DenyList denied = new DenyList().With(ranges);
        long within = 0, without = 0;
        foreach (SampleOrigin origin in _journal.ReadOrigins(position))
        {
            if (origin.IsSentinel) continue;
            if (denied.Denies(origin.At)) within++;
            else without++;
        }

        return (within, without);
    }

    /// <summary>
    /// The samples that <paramref name="names"/> is true of, by source and own time: how many the journal has, how many of them are in use, and the number of
    /// the first training sample among them.
    /// </summary>
    public (long InJournal, long InUse, long? FirstTrainable) FindSamples(Func<string, long, bool> names)
    {
        var live = new HashSet<long>();
        lock (_lock) _state.CollectLive(live);
        long found = 0, inUse = 0;
        long? first = null;
        foreach (SampleOrigin origin in _journal.ReadOrigins(0).Where(origin => names(origin.Source, origin.TimeMs)))
        {
            found++;
            if (!origin.IsSentinel) first ??= origin.Id.Sequence;
            if (live.Contains(origin.Id.Sequence)) inUse++;
        }

        return (found, inUse, first);
    }

    /// <summary>
    /// Journals that samples are forgotten, durable on return, and gives the state as it is right after it: what a version keeps. The record's own list of
    /// samples is made here, of those that are in use at that moment.
    /// </summary>
    public (JournalRecord.Forgotten Record, SavedState State) Forget(JournalRecord.Forgotten forgotten)
    {
        long looked = Position;
        List<SampleId> named = [.. Named(0, forgotten)];
        lock (_lock)
        {
            // Few came while the long journal was read: they are looked at with the door closed.
            named.AddRange(Named(looked, forgotten).SkipWhile(id => named.Count > 0 && id <= named[^1]));
            var live = new HashSet<long>();
            _state.CollectLive(live);
            JournalRecord.Forgotten record = forgotten with { Samples = [.. named.Where(id => live.Contains(id.Sequence))] };
            return (record, DecideAndSave(record));
        }
    }

    /// <summary>
    /// Takes the samples that a record had forgotten off the disk, and journals that it is done. Where some segment could not be rewritten it is not done, and may
    /// be tried again.
    /// </summary>
    public EraseReport Erase(long at, JournalRecord.Forgotten forgotten, CancellationToken cancellation)
    {
        EraseReport report = Erasing.Run(_journal, at, forgotten, cancellation);
        if (report.SegmentsLeft == 0) Decide(new JournalRecord.HistoryRetired(at + 1, ErasedReason));
        return report;
    }

    /// <summary>What was forgotten and may still be on the disk, by its records, in order: a crash, a reader or a damaged segment came in between.</summary>
    public IReadOnlyList<NumberedRecord> ErasesOwed()
    {
        var owed = new List<NumberedRecord>();
        foreach (NumberedRecord decision in _journal.ReadDecisions())
        {
            if (decision.Record is JournalRecord.Forgotten) owed.Add(decision);
            if (decision.Record is JournalRecord.HistoryRetired { Reason: ErasedReason } done) owed.RemoveAll(one => one.Sequence + 1 == done.Horizon);
        }

        return owed;
    }

    /// <summary>Throws <see cref="ControlRefusedException"/> where the journal does not reach back to a version's position in full.</summary>
    public void RequireReach(ModelVersion version, long position)
    {
        lock (_lock) Rewinding.Require(_state, version, position);
    }

    /// <summary>
    /// Durable records from a position on, in order: for the dead letters, for audits, for people. Dispose the cursor soon.
    /// </summary>
    public JournalCursor Read(long fromPosition) => _journal.Read(fromPosition);

    /// <summary>
    /// Gives disk back: samples before the horizon that are neither in the state as it is now nor in <paramref name="alsoLive"/>. Says so in the
    /// journal first: from then on nothing can be folded from before the horizon.
    /// </summary>
    /// <param name="alsoLive">What the saved state at the horizon holds (<see cref="ReplayState.CollectLive"/>): whatever is folded from there may draw it.</param>
    /// <param name="horizon">The oldest journal position that a recovery, an audit or the dead letters may still start from.</param>
    public RetireReport Retire(IReadOnlySet<long> alsoLive, long horizon, CancellationToken cancellation)
    {
        var live = new HashSet<long>(alsoLive);
        lock (_lock)
        {
            // Until it is frozen the tokenizer is trained on the stream from its beginning.
            if (_state.TokenizerFrozenAt is null) return RetireReport.Nothing;
            _state.CollectLive(live);
            if (!Retiring.HasWork(_journal.Samples, live, horizon)) return RetireReport.Nothing;
            // In the same breath as the look at what is live: a rewind that comes later finds the horizon, one that came before is in the state.
            if (horizon > _state.CompleteFrom) AppendAndApply_NeedsLock(new JournalRecord.HistoryRetired(horizon, "retention"));
        }

        RetireReport report = Retiring.Run(_journal.Samples, live, horizon, cancellation);
        ReplayLog.Retired(_logger, horizon, report.SegmentsDropped, report.SegmentsCompacted, report.BytesFreed);
        return report;
    }

    private IEnumerable<SampleId> Named(long fromPosition, JournalRecord.Forgotten forgotten) =>
        _journal.ReadOrigins(fromPosition).Where(origin => forgotten.Names(origin.Source, origin.TimeMs)).Select(origin => origin.Id);

    public ReplayStats Stats()
    {
        lock (_lock) return StatsOf.State(_state, new(_journal.Position, _journal.Bytes, _journal.PendingBytes), _options, _redelivered, Interlocked.Read(ref _unreadable));
    }
}
