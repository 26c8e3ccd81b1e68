using SslAgent.Storage.Tests.Support;

namespace SslAgent.Storage.Tests;

/// <summary>That the disk lies as disks do: a program that trusts a second fsync after a failed one is caught.</summary>
public sealed class SimulatedDiskTests
{
    private const string File = "/state/log";

    private static readonly byte[] First = [.. Enumerable.Repeat((byte)1, 1_000)], Second = [.. Enumerable.Repeat((byte)2, 1_000)];

    [Fact]
    public void After_a_failed_fsync_another_one_brings_nothing_to_the_medium_but_what_is_written_again()
    {
        var disk = new SimulatedDisk();
        using IDiskFile file = disk.Open(File, DiskOpen.CreateNew);
        disk.SyncDirectory("/state");
        file.Write(0, First);
        file.Sync();
        file.Write(First.Length, Second);
        disk.FailAt = disk.Trace.Count + 1;
        Assert.Throws<StorageException>(file.Sync);
        disk.FailAt = 0;
        file.Sync();
        Assert.Equal([.. First, .. Second], disk.Get(File));
        Assert.DoesNotContain((byte)2, disk.AfterCrash().Get(File));

        file.Write(First.Length, Second);
        file.Sync();
        Assert.Equal([.. First, .. Second], disk.AfterCrash().Get(File));
    }

    [Fact]
    public void Only_the_named_read_fails()
    {
        var disk = new SimulatedDisk();
        disk.Put(File, First);
        using IDiskFile file = disk.Open(File, DiskOpen.Read);
        disk.FailReadAt = 2;
        byte[] found = new byte[First.Length];
        Assert.Equal(First.Length, file.Read(0, found));
        Assert.Equal(StorageFault.Device, Assert.Throws<StorageException>(() => file.Read(0, found)).Fault);
        Assert.Equal(First.Length, file.Read(0, found));
        Assert.Equal(First, found);
    }
}
