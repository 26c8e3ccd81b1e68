using SslAgent.Storage;

namespace SslAgent.Checkpoints.Tests;

/// <summary>
/// The real disk, until the nth call that changes something. From there it fails every such call (the process was killed, or the disk is
/// full) until it is mended. Counts the calls, so that a test can visit every n. Syncs are counted and not carried out: nobody pulls the
/// plug here.
/// </summary>
internal sealed class FailingDisk(IDisk inner) : IDisk
{
    private int _changes;

    /// <summary>The first changing call that fails, counted from 1; none by default.</summary>
    public int FailAt { get; set; } = int.MaxValue;

    /// <summary>Where set, hard links are refused as some file systems do.</summary>
    public bool HasNoLinks { get; set; }

    public StorageFault Fault { get; set; } = StorageFault.DiskFull;

    /// <summary>A byte that the medium refuses to read, in files of this name; none by default.</summary>
    public (string Name, long At)? BadByte { get; set; }

    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Called before each changing call.</summary>
    public Action<string>? Watch { get; set; }

    public void Mend() => FailAt = int.MaxValue;

    public IDiskFile Open(string path, DiskOpen mode)
    {
        if (mode != DiskOpen.Read) Change(DiskOperation.Open, path);
        return new File(this, inner.Open(path, mode));
    }

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path)
    {
        Change(DiskOperation.CreateDirectory, path);
        inner.CreateDirectory(path);
    }

    public void Rename(string from, string to)
    {
        Change(DiskOperation.Rename, from);
        inner.Rename(from, to);
    }

    public void Link(string existing, string added)
    {
        if (HasNoLinks) throw new StorageException(DiskOperation.Link, added, StorageFault.Denied, "no hard links here");
        Change(DiskOperation.Link, added);
        inner.Link(existing, added);
    }

    public void Delete(string path)
    {
        Change(DiskOperation.Delete, path);
        inner.Delete(path);
    }

    public void DeleteDirectory(string path)
    {
        Change(DiskOperation.Delete, path);
        inner.DeleteDirectory(path);
    }

    public void SyncDirectory(string path)
    {
        Change(DiskOperation.SyncDirectory, path);
    }

    public long FreeBytes(string path) => inner.FreeBytes(path);

    private void Change(DiskOperation operation, string path)
    {
        Watch?.Invoke($"{operation} {path}");
        if (Interlocked.Increment(ref _changes) >= FailAt) throw new StorageException(operation, path, Fault, $"call {_changes} fails");
    }

    private sealed class File(FailingDisk disk, IDiskFile inner) : IDiskFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            if (disk.BadByte is { } bad && System.IO.Path.GetFileName(Path) == bad.Name && offset <= bad.At && bad.At < offset + buffer.Length)
                throw new StorageException(DiskOperation.Read, Path, StorageFault.Device, "a bad sector");
            return inner.Read(offset, buffer);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            disk.Change(DiskOperation.Write, Path);
            inner.Write(offset, bytes);
        }

        public void SetLength(long bytes)
        {
            disk.Change(DiskOperation.Truncate, Path);
            inner.SetLength(bytes);
        }

        public void Sync()
        {
            disk.Change(DiskOperation.Sync, Path);
        }

        public void Dispose() => inner.Dispose();
    }
}
