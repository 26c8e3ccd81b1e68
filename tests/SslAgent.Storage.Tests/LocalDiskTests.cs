namespace SslAgent.Storage.Tests;

public sealed class LocalDiskTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("disk-").FullName;
    private readonly LocalDisk _disk = LocalDisk.Instance;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_missing_file_is_a_typed_fault_with_path_and_operation()
    {
        string path = Path.Combine(_directory, "absent");
        StorageException fault = Assert.Throws<StorageException>(() => _disk.Open(path, DiskOpen.Read));
        Assert.Equal((DiskOperation.Open, StorageFault.NotFound, path), (fault.Operation, fault.Fault, fault.Path));
    }

    [Fact]
    public void A_full_device_is_told_apart_from_other_faults()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("/dev/full is Linux's");
        using IDiskFile file = _disk.Open("/dev/full", DiskOpen.ReadWrite);
        StorageException fault = Assert.Throws<StorageException>(() => file.Write(0, new byte[10]));
        Assert.Equal((DiskOperation.Write, StorageFault.DiskFull), (fault.Operation, fault.Fault));
    }

    [Fact]
    public void Positional_writes_reads_and_truncation_meet_in_the_file()
    {
        string path = Path.Combine(_directory, "file");
        using IDiskFile file = _disk.Open(path, DiskOpen.CreateNew);
        file.Write(4, [5, 6]);
        file.Write(0, [1, 2, 3, 4]);
        file.SetLength(5);
        file.Sync();
        byte[] buffer = new byte[10];
        Assert.Equal(5, file.Read(0, buffer));
        Assert.Equal([1, 2, 3, 4, 5], buffer[..5]);
        Assert.Equal(1, file.Read(4, buffer));
        Assert.Equal(5, file.Length);
    }

    [Fact]
    public void Directories_are_listed_synced_renamed_linked_and_deleted()
    {
        string from = Path.Combine(_directory, "from"), to = Path.Combine(_directory, "to");
        _disk.CreateDirectory(from);
        AtomicFile.Write(_disk, Path.Combine(from, "b"), [1]);
        _disk.Link(Path.Combine(from, "b"), Path.Combine(from, "a"));
        _disk.Rename(from, to);
        _disk.SyncDirectory(_directory);
        Assert.Equal([new DiskEntry("a", false, 1), new DiskEntry("b", false, 1)], _disk.List(to));
        _disk.Delete(Path.Combine(to, "b"));
        Assert.Equal([1], AtomicFile.Read(_disk, Path.Combine(to, "a"))!);
        _disk.DeleteDirectory(to);
        Assert.Empty(_disk.List(to));
        Assert.True(_disk.FreeBytes(_directory) > 0);
    }

    [Fact]
    public void Syncing_a_missing_directory_is_a_typed_fault()
    {
        StorageException fault = Assert.Throws<StorageException>(() => _disk.SyncDirectory(Path.Combine(_directory, "absent")));
        Assert.Equal((DiskOperation.SyncDirectory, StorageFault.NotFound), (fault.Operation, fault.Fault));
    }
}
