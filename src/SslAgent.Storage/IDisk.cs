namespace SslAgent.Storage;

/// <summary>How a file is opened.</summary>
public enum DiskOpen
{
    /// <summary>Reads an existing file.</summary>
    Read = 0,

    /// <summary>Reads and writes an existing file.</summary>
    ReadWrite = 1,

    /// <summary>Reads and writes a file that must not exist yet.</summary>
    CreateNew = 2,

    /// <summary>Reads and writes a file, emptied if it existed.</summary>
    CreateEmpty = 3,
}

/// <summary>An entry of a directory: <paramref name="Bytes"/> is 0 for a directory.</summary>
public sealed record DiskEntry(string Name, bool IsDirectory, long Bytes);

/// <summary>
/// The disk, as far as the agent's durable state is concerned. Everything that must survive a crash is written through this port, so that a
/// test can put a disk there that lies, tears, fills up or stops at a named point. All members throw <see cref="StorageException"/>
/// and nothing else for faults of the environment. Safe to call from any thread.
/// </summary>
public interface IDisk
{
    IDiskFile Open(string path, DiskOpen mode);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>The directory's entries in ordinal order of their names; empty where there is no such directory.</summary>
    IReadOnlyList<DiskEntry> List(string directory);

    /// <summary>Creates the directory and its missing parents. Durable once the parents are synced.</summary>
    void CreateDirectory(string path);

    /// <summary>
    /// Replaces <paramref name="to"/> atomically where it is a file; a directory may only take a free name. Durable once the parent is
    /// synced.
    /// </summary>
    void Rename(string from, string to);

    /// <summary>Gives an existing file a second name (hard link). Durable once the parent is synced.</summary>
    void Link(string existing, string added);

    /// <summary>Deletes a file; nothing happens where there is none.</summary>
    void Delete(string path);

    /// <summary>Deletes a directory with everything in it; nothing happens where there is none.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes the names in a directory durable (fsync of the directory itself).</summary>
    void SyncDirectory(string path);

    /// <summary>Bytes that this process may still write on the volume that holds the path.</summary>
    long FreeBytes(string path);
}

/// <summary>An open file with positional reads and writes. Reads may run beside writes; whoever opened it disposes it.</summary>
public interface IDiskFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Fills the buffer as far as the file reaches from there; returns the bytes read.</summary>
    int Read(long offset, Span<byte> buffer);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    void SetLength(long bytes);

    /// <summary>
    /// Returns once content and length are on the medium (fsync). After a failure the unsynced bytes must be written again.
    /// </summary>
    void Sync();
}
