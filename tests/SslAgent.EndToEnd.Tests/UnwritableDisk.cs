using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>The real disk for who only reads: whatever would change it ends the test.</summary>
internal sealed class UnwritableDisk : IDisk
{
    private readonly LocalDisk _disk = LocalDisk.Instance;

    public IDiskFile Open(string path, DiskOpen mode) => mode == DiskOpen.Read ? _disk.Open(path, mode) : throw Refused($"open {path} for {mode}");

    public bool FileExists(string path) => _disk.FileExists(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public IReadOnlyList<DiskEntry> List(string directory) => _disk.List(directory);

    public void CreateDirectory(string path) => throw Refused($"create {path}");

    public void Rename(string from, string to) => throw Refused($"rename {from}");

    public void Link(string existing, string added) => throw Refused($"link {added}");

    public void Delete(string path) => throw Refused($"delete {path}");

    public void DeleteDirectory(string path) => throw Refused($"delete {path}");

    public void SyncDirectory(string path) => throw Refused($"sync {path}");

    public long FreeBytes(string path) => _disk.FreeBytes(path);

    private static InvalidOperationException Refused(string what) => new($"somebody who only reads wanted to {what}");
}
