using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace SslAgent.Storage;

/// <summary>Reading: one record by its number, or all from a number on.</summary>
public sealed partial class RecordLog
{
    /// <summary>
    /// Reads one record, durable or not. False where this log has none of that number; <see cref="RecordDamagedException"/> where its
    /// bytes are not what was written.
    /// </summary>
    public bool TryRead<TResult>(long sequence, RecordDecoder<TResult> decode, [MaybeNullWhen(false)] out TResult result)
    {
        bool isOpened = false;
        _handles.EnterReadLock();
        try
        {
            result = default;
            if (Locate(sequence) is not { } stretch) return false;
            try
            {
                isOpened = !stretch.Segment.IsOpen;
                Span<byte> window = stretch.Bytes.AsSpan(0, stretch.Length);
                int read = stretch.FromFile > 0 ? stretch.Segment.File(_disk).Read(stretch.From, window[..stretch.FromFile]) : 0;
                if (read < stretch.FromFile) throw new RecordDamagedException(stretch.Segment.Path, stretch.From + read, sequence);
                return TryPick(window, stretch, sequence, decode, out result);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(stretch.Bytes);
            }
        }
        finally
        {
            _handles.ExitReadLock();
            if (isOpened) CloseIdleHandles();
        }
    }

    /// <summary>Reads all durable records from a sequence on, in order. Damage is passed over and told by the cursor.</summary>
    /// <param name="passesOverBadSectors">Whether what the medium refuses to read counts as damage, to the end of its segment; else it throws.</param>
    public RecordCursor Scan(long fromSequence, bool passesOverBadSectors = false)
    {
        lock (_gate)
        {
            int first = Math.Max(0, SegmentOf_NeedsLock(fromSequence));
            (Segment Segment, long From, long To)[] parts = [.. _segments.Skip(first).Select(segment =>
                (segment, segment.Index.StartOf(fromSequence, segment.Bytes), segment.Bytes))];
            _cursors++;
            return new RecordCursor(_disk, Settings, parts, fromSequence, passesOverBadSectors, CursorClosed);
        }
    }

    private bool TryPick<TResult>(
        ReadOnlySpan<byte> window, Stretch stretch, long sequence, RecordDecoder<TResult> decode, [MaybeNullWhen(false)] out TResult result)
    {
        result = default;
        for (int at = 0; RecordHeader.TryRead(window[at..], Settings.RecordBytesMax, out RecordHeader header);)
        {
            if (header.Sequence > sequence) return false;
            bool isWhole = at + header.FrameBytes <= window.Length;
            if (header.Sequence == sequence)
            {
                if (!isWhole || !header.Vouches(window[at..]))
                {
                    throw new RecordDamagedException(stretch.Segment.Path, stretch.From + at, sequence);
                }

                result = decode(header.Kind, window.Slice(at + RecordHeader.Bytes, header.PayloadBytes));
                return true;
            }

            if (!isWhole) break;
            at += header.FrameBytes;
            if (at == window.Length) return false;
        }

        // The chain of frames broke before the record came: something in the stretch is not what was written.
        throw new RecordDamagedException(stretch.Segment.Path, stretch.From, sequence);
    }

    /// <summary>The stretch in which the record stands, its bytes that are not in the file yet copied already.</summary>
    private Stretch? Locate(long sequence)
    {
        lock (_gate)
        {
            int at = SegmentOf_NeedsLock(sequence);
            if (at < 0) return null;
            Segment segment = _segments[at];
            (long from, long to) = segment.Index.Find(sequence, at == _segments.Length - 1 ? LogicalBytes_NeedsLock() : segment.Bytes);
            if (to <= from) return null;
            byte[] bytes = ArrayPool<byte>.Shared.Rent((int)(to - from));
            int length = (int)(to - from), fromFile = (int)Math.Clamp(segment.Bytes - from, 0, length);
            if (fromFile < length)
            {
                int skipped = (int)(from + fromFile - segment.Bytes);
                CopyPending_NeedsLock(skipped, bytes.AsSpan(fromFile, length - fromFile));
            }

            return new Stretch(segment, from, bytes, length, fromFile);
        }
    }

    private void CopyPending_NeedsLock(int skipped, Span<byte> target)
    {
        int first = Math.Clamp(_inFlight.Length - skipped, 0, target.Length);
        if (first > 0) _inFlight.Span.Slice(skipped, first).CopyTo(target);
        int rest = target.Length - first;
        if (rest > 0) _pending.Span.Slice(Math.Max(0, skipped - _inFlight.Length), rest).CopyTo(target[first..]);
    }

    /// <summary>Index of the segment in whose stretch of numbers the sequence falls, or -1.</summary>
    private int SegmentOf_NeedsLock(long sequence)
    {
        int low = 0, high = _segments.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_segments[middle].Header.FirstSequence <= sequence) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    private void CursorClosed()
    {
        lock (_gate) _cursors--;
    }

    private void CloseIdleHandles()
    {
        if (_segments.Count(segment => segment.IsOpen) <= OpenSegmentsMax) return;
        _handles.EnterWriteLock();
        try
        {
            foreach (Segment segment in _segments.SkipLast(1)) segment.Dispose();
        }
        finally
        {
            _handles.ExitWriteLock();
        }
    }

    private readonly record struct Stretch(Segment Segment, long From, byte[] Bytes, int Length, int FromFile);
}
