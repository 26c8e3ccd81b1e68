using System.Globalization;

namespace SslAgent.Storage;

/// <summary>
/// One file of a record log: its name, its index and, lazily, an open handle. Owned by <see cref="RecordLog"/>, which disposes it.
/// </summary>
internal sealed class Segment : IDisposable
{
    public const string Extension = ".seg", IndexExtension = ".idx";

    private const int SequenceDigits = 16;

    private readonly Lock _opening = new();
    private IDiskFile? _file;

    public Segment(string path, SegmentHeader header, SparseIndex index, long bytes, IDiskFile? file = null)
    {
        Path = path;
        Header = header;
        Index = index;
        Bytes = bytes;
        _file = file;
    }

    public string Path { get; }

    public string IndexPath => System.IO.Path.ChangeExtension(Path, IndexExtension);

    public SegmentHeader Header { get; }

    public SparseIndex Index { get; }

    /// <summary>Durable bytes, header included. Grows only in the segment that is appended to.</summary>
    public long Bytes { get; set; }

    /// <summary>Another process owns it: it may be gone or replaced whenever it is opened.</summary>
    public bool IsForeign { get; init; }

    public bool IsOpen => _file is not null;

    public static string PathOf(RecordLogSettings settings, long firstSequence) => System.IO.Path.Combine(
        settings.Directory, settings.Prefix + "-" + firstSequence.ToString("D" + SequenceDigits, CultureInfo.InvariantCulture) + Extension);

    /// <summary>The first sequence that a file name of this log states.</summary>
    public static bool TryParse(RecordLogSettings settings, string name, out long firstSequence)
    {
        firstSequence = 0;
        return name.Length == settings.Prefix.Length + 1 + SequenceDigits + Extension.Length
            && name.StartsWith(settings.Prefix + "-", StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(
                name.AsSpan(settings.Prefix.Length + 1, SequenceDigits), NumberStyles.None,
                CultureInfo.InvariantCulture, out firstSequence);
    }

    /// <summary>The shared handle; the segment keeps it.</summary>
    public IDiskFile File(IDisk disk)
    {
        lock (_opening) return _file ??= Open(disk);
    }

    /// <summary>
    /// A handle of the caller's own. <see cref="RecordLogChangedException"/> where the owner has deleted or rewritten the segment since its index was
    /// read; a handle that is open already goes on reading what it was opened on.
    /// </summary>
    public IDiskFile Open(IDisk disk)
    {
        if (!IsForeign) return disk.Open(Path, DiskOpen.Read);
        IDiskFile file = OpenForeign(disk, Path);
        Span<byte> start = stackalloc byte[SegmentHeader.Bytes];
        int read = file.Read(0, start);
        if (!SegmentHeader.TryRead(start[..read], out SegmentHeader header) || header == Header) return file;
        file.Dispose();
        throw new RecordLogChangedException(Path);
    }

    public static IDiskFile OpenForeign(IDisk disk, string path)
    {
        try
        {
            return disk.Open(path, DiskOpen.Read);
        }
        catch (StorageException fault) when (fault.Fault == StorageFault.NotFound)
        {
            throw new RecordLogChangedException(path);
        }
    }

    /// <summary>Writes the index beside the segment. Only a cache: where it fails, the next opening reads the segment through.</summary>
    public void SaveIndex(IDisk disk)
    {
        try
        {
            using IDiskFile file = disk.Open(IndexPath, DiskOpen.CreateEmpty);
            file.Write(0, Index.Save(Bytes, Header.Generation));
        }
        catch (StorageException)
        {
            // As said: only a cache.
        }
    }

    public SegmentInfo Info(bool isSealed) => new(
        Path, Header.FirstSequence, Index.Records > 0 ? Index.LastSequence : Header.FirstSequence - 1,
        Index.Records, Bytes, Header.Generation, isSealed);

    public void Dispose()
    {
        lock (_opening)
        {
            _file?.Dispose();
            _file = null;
        }
    }
}
