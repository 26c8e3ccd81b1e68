using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>What others read from the ledger, and the disk that it gives back.</summary>
public sealed partial class ReplayLedger
{
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

    /// <summary>The tokenizer that a record froze, or null while none is.</summary>
    public JournalRecord.TokenizerFrozen? ReadTokenizer()
    {
        long? at;
        lock (_lock) at = _state.TokenizerFrozenAt;
        return at is { } sequence ? (JournalRecord.TokenizerFrozen?)_journal.FindDecision(sequence) : null;
    }

    /// <summary>All decisions from the beginning of the lineage, in order. They are few, and stay for ever.</summary>
    public IReadOnlyList<NumberedRecord> ReadDecisions() => _journal.ReadDecisions();

    /// <summary>Samples of the buffer that came at or after a position.</summary>
    public int CountSince(long position)
    {
        lock (_lock) return _state.CountSince(position);
    }

    /// <summary>
    /// Durable records from a position on, in order: for the dead letters, for audits, for people. Dispose the cursor soon.
    /// </summary>
    public JournalCursor Read(long fromPosition) => _journal.Read(fromPosition);

    /// <summary>
    /// Gives disk back: samples before the horizon that are neither in the state as it is now nor in <paramref name="alsoLive"/>.
    /// Call it between cycles: views taken earlier may draw what it deletes.
    /// </summary>
    /// <param name="alsoLive">What retained versions' saved states hold: <see cref="ReplayState.CollectLive"/>.</param>
    /// <param name="horizon">The oldest journal position that a recovery, an audit or the dead letters may still start from.</param>
    public RetireReport Retire(IReadOnlySet<long> alsoLive, long horizon, CancellationToken cancellation)
    {
        var live = new HashSet<long>(alsoLive);
        lock (_lock)
        {
            _state.CollectLive(live);
            // Until it is frozen the tokenizer is trained on the stream from its beginning.
            if (_state.TokenizerFrozenAt is null) horizon = 0;
        }

        RetireReport report = Retiring.Run(_journal.Samples, live, horizon, cancellation);
        ReplayLog.Retired(_logger, horizon, report.SegmentsDropped, report.SegmentsCompacted, report.BytesFreed);
        return report;
    }

    public ReplayStats Stats()
    {
        lock (_lock) return StatsOf.State(_state, new(_journal.Position, _journal.Bytes, _journal.PendingBytes), _options, _redelivered, Interlocked.Read(ref _unreadable));
    }
}
