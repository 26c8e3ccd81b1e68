using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// The append-only journal: everything else is a fold over it. Two record logs under one numbering, <c>samples-*.seg</c> (what Kafka
/// delivered, synced in groups) and <c>decisions-*.seg</c> (synced one by one, kept for ever). Byte format: docs/formats/journal.md.
/// <para>What is durable never has a hole before it: a decision is synced after all samples before it, and no sample after it is written
/// before the decision is durable. Thread-safe; whoever opened it disposes it (and syncs before).</para>
/// </summary>
public sealed class Journal : IDisposable
{
    private const uint SamplesTag = 1, DecisionsTag = 2;

    // Large enough for the broker's largest message with its headers.
    private const int RecordBytesMax = 256 << 20;

    private readonly TimeProvider _time;
    private readonly RecordLog _samples;
    private readonly RecordLog _decisions;

    // Guards appending: numbering, the encoder's buffer and the group commit.
    private readonly Lock _appending = new();
    private readonly PayloadWriter _writer = new();
    private readonly GroupCommit _group;
    private readonly long _groupBytesMax;
    private bool _decisionTailIsDirty;
    private long _position;

    private Journal(RecordLog samples, RecordLog decisions, ReplayOptions options, TimeProvider time, long positionFloor)
    {
        _samples = samples;
        _decisions = decisions;
        _time = time;
        _groupBytesMax = options.GroupCommitBytes;
        _group = new GroupCommit(options.GroupCommitDelay, options.GroupCommitBytes);
        _position = Math.Max(positionFloor, Math.Max(samples.LastSequence, decisions.LastSequence) + 1);
    }

    /// <summary>The number that the next record gets: the journal is all records before it.</summary>
    public long Position
    {
        get
        {
            lock (_appending) return _position;
        }
    }

    /// <summary>Durable bytes on disk.</summary>
    public long Bytes => _samples.Bytes + _decisions.Bytes;

    /// <summary>Bytes that a crash now would take; Kafka would deliver them again.</summary>
    public long PendingBytes => _samples.PendingBytes;

    /// <summary>What opening found in the samples and in the decisions.</summary>
    public (LogFindings Samples, LogFindings Decisions) Findings => (_samples.Findings, _decisions.Findings);

    /// <summary>How long until <see cref="Sync"/> is due by the group commit; null while nothing waits.</summary>
    public TimeSpan? SyncDueIn
    {
        get
        {
            lock (_appending) return _group.DueIn(_samples.PendingBytes, _time);
        }
    }

    internal RecordLog Samples => _samples;

    internal RecordLog Decisions => _decisions;

    /// <param name="positionFloor">The position of the newest version: numbers below it are taken, whatever is left on disk.</param>
    public static Journal Open(IDisk disk, string directory, ReplayOptions options, TimeProvider time, long positionFloor = 0)
    {
        RecordLog samples = RecordLog.Open(disk, SamplesAt(directory, options.SegmentBytes), time);
        try
        {
            RecordLog decisions = RecordLog.Open(disk, DecisionsAt(directory, options.SegmentBytes), time);
            return new Journal(samples, decisions, options, time, positionFloor);
        }
        catch
        {
            samples.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a journal that another process may be writing, as it is now, and writes nothing. All samples before each of its decisions are in it;
    /// what was retired since it was opened is told by <see cref="RecordLogChangedException"/> when it is read.
    /// </summary>
    public static Journal OpenToRead(IDisk disk, string directory, ReplayOptions options, TimeProvider time)
    {
        // In this order: a decision is written when all samples before it are durable, so none that is seen lacks any.
        RecordLog decisions = RecordLog.OpenToRead(disk, DecisionsAt(directory, options.SegmentBytes), time);
        try
        {
            return new Journal(RecordLog.OpenToRead(disk, SamplesAt(directory, options.SegmentBytes), time), decisions, options, time, positionFloor: 0);
        }
        catch
        {
            decisions.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends a record and returns its number. A sample waits for the next sync; a decision is durable on return, with everything before
    /// it. After a <see cref="StorageException"/> nothing was appended and the same record may be offered again.
    /// </summary>
    public long Append(JournalRecord record)
    {
        lock (_appending)
        {
            _writer.Clear();
            RecordKind kind = JournalCodec.Encode(record, _writer);
            if (JournalCodec.IsDecision(record)) AppendDecision_NeedsLock(kind);
            else AppendSample_NeedsLock(kind);
            return _position++;
        }
    }

    /// <summary>Makes everything appended so far durable.</summary>
    public void Sync()
    {
        lock (_appending) Sync_NeedsLock();
    }

    /// <summary>All durable records from a position on, in order of their numbers.</summary>
    /// <param name="passesOverBadSectors">Whether samples that the medium refuses to read are passed over like damage.</param>
    public JournalCursor Read(long fromPosition, bool passesOverBadSectors = false)
    {
        lock (_appending) return new JournalCursor(_samples.Scan(fromPosition, passesOverBadSectors), _decisions.Scan(fromPosition));
    }

    /// <summary>The origins of all admitted samples from a position on that are durable, in order; their content is not decoded.</summary>
    internal IEnumerable<SampleOrigin> ReadOrigins(long fromPosition)
    {
        Sync();
        using RecordCursor cursor = _samples.Scan(fromPosition);
        while (cursor.MoveNext())
        {
            if (cursor.Current.Kind == (ushort)RecordKind.Admitted) yield return SampleCodec.DecodeOrigin(cursor.Current.Sequence, cursor.Current.Payload.Span);
        }
    }

    /// <summary>Closes the samples' last segment, so that all there is so far can be rewritten.</summary>
    internal void CloseSamples()
    {
        lock (_appending)
        {
            Sync_NeedsLock();
            _samples.CloseLast(_position);
        }
    }

    /// <summary>All decisions, in order of their numbers.</summary>
    public IReadOnlyList<NumberedRecord> ReadDecisions()
    {
        RecordCursor cursor;
        lock (_appending) cursor = _decisions.Scan(0);
        return ReadAll(cursor);
    }

    /// <summary>The same without opening the rest, beside another process that may be writing.</summary>
    public static IReadOnlyList<NumberedRecord> ReadDecisions(IDisk disk, string directory, TimeProvider time)
    {
        using RecordLog decisions = RecordLog.OpenToRead(disk, DecisionsAt(directory, RecordLogSettings.SegmentBytesLimit), time);
        return ReadAll(decisions.Scan(0));
    }

    /// <summary>
    /// The frame of an admitted sample, durable or not. <see cref="SampleUnreadableException"/> where the medium lost it.
    /// </summary>
    public Frame ReadFrame(SampleId id) => ReadPart(id, static (_, payload) => SampleCodec.DecodeFrame(payload), "frame");

    /// <summary>The text of an admitted sample, durable or not. <see cref="SampleUnreadableException"/> where the medium lost it.</summary>
    public Text ReadText(SampleId id) => ReadPart(id, static (_, payload) => SampleCodec.DecodeText(payload), "text");

    public void Dispose()
    {
        _samples.Dispose();
        _decisions.Dispose();
    }

    internal static RecordLogSettings SamplesAt(string directory, long segmentBytes) =>
        new(directory, "samples", SamplesTag, segmentBytes, RecordBytesMax);

    internal static RecordLogSettings DecisionsAt(string directory, long segmentBytes) =>
        new(directory, "decisions", DecisionsTag, segmentBytes, RecordBytesMax);

    private static List<NumberedRecord> ReadAll(RecordCursor cursor)
    {
        var records = new List<NumberedRecord>();
        using (cursor)
        {
            while (cursor.MoveNext())
            {
                records.Add(new NumberedRecord(
                    cursor.Current.Sequence, JournalCodec.Decode((RecordKind)cursor.Current.Kind, cursor.Current.Payload.Span)));
            }
        }

        return records;
    }

    private T ReadPart<T>(SampleId id, RecordDecoder<T?> decode, string what) where T : class
    {
        try
        {
            if (!_samples.TryRead(id.Sequence, decode, out T? part))
            {
                throw new SampleUnreadableException(id, "the journal has no such record any more", null);
            }

            return Check.NotNull(part, $"sample {id} was drawn for its {what} and has none");
        }
        catch (RecordDamagedException damage)
        {
            throw new SampleUnreadableException(id, damage.Message, damage);
        }
    }

    private void AppendSample_NeedsLock(RecordKind kind)
    {
        // A full group whose sync failed takes no more: what waits in memory is bounded by the group and one record.
        if (_samples.PendingBytes >= _groupBytesMax) Sync_NeedsLock();
        RepairDecisionTail_NeedsLock();
        _samples.Append(_position, (ushort)kind, _writer.Written);
        _group.Appended(_time.GetTimestamp());
    }

    private void AppendDecision_NeedsLock(RecordKind kind)
    {
        Sync_NeedsLock();
        bool isDurable = false;
        try
        {
            _decisions.Append(_position, (ushort)kind, _writer.Written);
            _decisions.Sync();
            isDurable = true;
        }
        finally
        {
            if (!isDurable)
            {
                _decisions.Withdraw();
                _decisionTailIsDirty = true;
            }
        }
    }

    private void Sync_NeedsLock()
    {
        RepairDecisionTail_NeedsLock();
        _samples.Sync();
        _group.Synced();
    }

    /// <summary>A decision that failed may have reached the file: it is cut off before its number can go to another record.</summary>
    private void RepairDecisionTail_NeedsLock()
    {
        if (!_decisionTailIsDirty) return;
        _decisions.Sync();
        _decisionTailIsDirty = false;
    }
}
