namespace SslAgent.Storage;

/// <summary>The real disk. Stateless; the one implementation outside tests.</summary>
public sealed class LocalDisk : IDisk
{
    public static LocalDisk Instance { get; } = new();

    private LocalDisk()
    {
    }

    public IDiskFile Open(string path, DiskOpen mode) => Guard(DiskOperation.Open, path, () => new LocalDiskFile(path, mode));

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => Guard(DiskOperation.List, directory, () =>
    {
        var entries = new List<DiskEntry>();
        var info = new DirectoryInfo(directory);
        if (!info.Exists) return entries;
        foreach (FileSystemInfo entry in info.EnumerateFileSystemInfos())
        {
            entries.Add(entry is FileInfo file ? new DiskEntry(file.Name, false, LengthOf(file)) : new DiskEntry(entry.Name, true, 0));
        }

        entries.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return entries;
    });

    public void CreateDirectory(string path) => Guard(DiskOperation.CreateDirectory, path, () => Directory.CreateDirectory(path));

    public void Rename(string from, string to) => Guard(DiskOperation.Rename, from, () =>
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
        return true;
    });

    public void Link(string existing, string added) => Posix.Link(existing, added);

    public void Delete(string path) => Guard(DiskOperation.Delete, path, () =>
    {
        if (File.Exists(path)) File.Delete(path);
        return true;
    });

    public void DeleteDirectory(string path) => Guard(DiskOperation.Delete, path, () =>
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        return true;
    });

    public void SyncDirectory(string path) => Posix.SyncDirectory(path);

    public long FreeBytes(string path) =>
        Guard(DiskOperation.FreeSpace, path, () => new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace);

    internal static T Guard<T>(DiskOperation operation, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception cause) when (cause is (IOException and not StorageException) or UnauthorizedAccessException)
        {
            throw StorageException.From(operation, path, cause);
        }
    }

    // A file may vanish between the listing and the look at its size.
    private static long LengthOf(FileInfo file) => file.Exists ? file.Length : 0;
}
