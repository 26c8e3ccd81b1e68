using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>A record with its number.</summary>
public readonly record struct NumberedRecord(long Sequence, JournalRecord Record);

/// <summary>
/// Reads the journal in order of its numbers, merging samples and decisions. Dispose it soon: while it is open nothing is compacted.
/// Not thread-safe.
/// </summary>
public sealed class JournalCursor : IDisposable
{
    private readonly RecordCursor _samples;
    private readonly RecordCursor _decisions;
    private bool _hasSample;
    private bool _hasDecision;

    internal JournalCursor(RecordCursor samples, RecordCursor decisions)
    {
        _samples = samples;
        _decisions = decisions;
        try
        {
            _hasSample = _samples.MoveNext();
            _hasDecision = _decisions.MoveNext();
        }
        catch
        {
            // A cursor left open would keep the journal from ever being compacted again.
            Dispose();
            throw;
        }
    }

    public NumberedRecord Current { get; private set; }

    /// <summary>Damage met so far; whole once <see cref="MoveNext"/> has returned false.</summary>
    public IReadOnlyList<DamagedRange> Damaged => [.. _samples.Damaged, .. _decisions.Damaged];

    public bool MoveNext()
    {
        if (!_hasSample && !_hasDecision) return false;
        bool isSample = _hasSample && (!_hasDecision || _samples.Current.Sequence < _decisions.Current.Sequence);
        RecordCursor cursor = isSample ? _samples : _decisions;
        Current = new NumberedRecord(
            cursor.Current.Sequence, JournalCodec.Decode((RecordKind)cursor.Current.Kind, cursor.Current.Payload.Span));
        bool hasNext = cursor.MoveNext();
        if (isSample) _hasSample = hasNext;
        else _hasDecision = hasNext;
        return true;
    }

    public void Dispose()
    {
        _samples.Dispose();
        _decisions.Dispose();
    }
}
