using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SslAgent.Storage;

/// <summary>
/// Where records stand in one segment: an entry about every 16 KiB, so that a terabyte of journal needs megabytes of index and any record
/// is one read away. Entries rise in sequence and offset. Not thread-safe while it grows.
/// </summary>
internal sealed class SparseIndex
{
    public const int StrideBytes = 16 * 1024;

    private readonly List<Entry> _entries = [];
    private bool _isGap = true;

    public long Records { get; private set; }

    /// <summary>The sequence of the last record, or -1.</summary>
    public long LastSequence { get; private set; } = -1;

    /// <summary>Notes a record; the first one behind a gap always gets an entry of its own.</summary>
    public void Add(long sequence, long offset)
    {
        if (_isGap || offset - _entries[^1].Offset >= StrideBytes) _entries.Add(new Entry(sequence, offset));
        _isGap = false;
        LastSequence = sequence;
        Records++;
    }

    /// <summary>Whatever comes next does not follow directly on the last record.</summary>
    public void Gap() => _isGap = true;

    /// <summary>Forgets the last records, which stood at or behind an offset.</summary>
    public void CutBack(long offset, int records, long lastSequence)
    {
        while (_entries.Count > 0 && _entries[^1].Offset >= offset) _entries.RemoveAt(_entries.Count - 1);
        Records -= records;
        LastSequence = lastSequence;
        _isGap = _entries.Count == 0;
    }

    /// <summary>The stretch of file in which the record must begin if it is there, or an empty one.</summary>
    public (long From, long To) Find(long sequence, long segmentBytes)
    {
        ReadOnlySpan<Entry> entries = CollectionsMarshal.AsSpan(_entries);
        int low = 0, high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (entries[middle].Sequence <= sequence) low = middle + 1;
            else high = middle;
        }

        if (low == 0) return (0, 0);
        return (entries[low - 1].Offset, low < entries.Length ? entries[low].Offset : segmentBytes);
    }

    /// <summary>Offset of the first record at or behind the sequence's stretch: where a scan from that sequence starts.</summary>
    public long StartOf(long sequence, long segmentBytes)
    {
        (long from, long to) = Find(sequence, segmentBytes);
        return to > 0 ? from : SegmentHeader.Bytes;
    }

    // Sidecar layout, little-endian: magic 8 bytes, segment bytes i64, generation u32, entry count u32, records i64, last sequence i64,
    // entries of (sequence i64, offset i64), CRC-32C u32 of all before. A cache: whenever it does not fit, the segment is scanned again.
    private const int FixedBytes = 40, EntryBytes = 16;

    private static ReadOnlySpan<byte> Magic => "SSLAIDX1"u8;

    public byte[] Save(long segmentBytes, uint generation)
    {
        byte[] bytes = new byte[FixedBytes + _entries.Count * EntryBytes + sizeof(uint)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), segmentBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), generation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), _entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Records);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), LastSequence);
        for (int i = 0; i < _entries.Count; i++)
        {
            Span<byte> entry = bytes.AsSpan(FixedBytes + i * EntryBytes);
            BinaryPrimitives.WriteInt64LittleEndian(entry, _entries[i].Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], _entries[i].Offset);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }

    /// <summary>Null where the bytes are not the index of a segment of this length and generation.</summary>
    public static SparseIndex? Load(ReadOnlySpan<byte> bytes, long segmentBytes, uint generation)
    {
        if (bytes.Length < FixedBytes + sizeof(uint) || !bytes[..8].SequenceEqual(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Crc32C.Compute(bytes[..^4])) return null;
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]);
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) != segmentBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) != generation
            || bytes.Length != FixedBytes + (long)count * EntryBytes + sizeof(uint)) return null;
        var index = new SparseIndex
        {
            Records = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            LastSequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            _isGap = false,
        };
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = bytes[(FixedBytes + i * EntryBytes)..];
            long sequence = BinaryPrimitives.ReadInt64LittleEndian(entry), offset = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
            index._entries.Add(new Entry(sequence, offset));
        }

        return index;
    }

    private readonly record struct Entry(long Sequence, long Offset);
}
