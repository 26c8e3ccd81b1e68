using System.Text;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Storage.Tests;

public sealed class AtomicFileTests
{
    private static readonly byte[] Old = Encoding.UTF8.GetBytes("v41"), New = Encoding.UTF8.GetBytes("v42 which is longer than a name should be");

    [Fact]
    public void What_was_written_is_read_back_from_the_real_disk()
    {
        string directory = Directory.CreateTempSubdirectory("atomic-").FullName;
        string path = Path.Combine(directory, "HEAD");
        AtomicFile.Write(LocalDisk.Instance, path, Old);
        AtomicFile.Write(LocalDisk.Instance, path, New);
        Assert.Equal(New, AtomicFile.Read(LocalDisk.Instance, path));
        Assert.Null(AtomicFile.Read(LocalDisk.Instance, Path.Combine(directory, "absent")));
        Assert.Equal(["HEAD"], LocalDisk.Instance.List(directory).Select(entry => entry.Name));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void A_crash_at_any_operation_leaves_the_old_or_the_new_content_and_nothing_else()
    {
        for (int stop = 1; stop <= 5; stop++)
        {
            for (int seed = 0; seed < 50; seed++)
            {
                SimulatedDisk disk = DiskWithOldContent();
                disk.StopAt = disk.Trace.Count + stop;
                Assert.Throws<DiskStoppedException>(() => AtomicFile.Write(disk, "/state/HEAD", New));

                byte[]? found = AtomicFile.Read(disk.AfterCrash(seed == 0 ? null : new Random(seed)), "/state/HEAD");

                Assert.True(found.AsSpan().SequenceEqual(Old) || found.AsSpan().SequenceEqual(New), $"stop {stop}, seed {seed}");
            }
        }
    }

    [Fact]
    public void Once_it_returned_the_new_content_survives_any_crash()
    {
        SimulatedDisk disk = DiskWithOldContent();
        AtomicFile.Write(disk, "/state/HEAD", New);
        Assert.Equal(New, AtomicFile.Read(disk.AfterCrash(), "/state/HEAD"));
    }

    [Fact]
    public void A_fault_at_any_operation_is_typed_and_a_second_try_succeeds()
    {
        for (int fail = 1; fail <= 5; fail++)
        {
            SimulatedDisk disk = DiskWithOldContent();
            disk.FailAt = disk.Trace.Count + fail;
            StorageException fault = Assert.Throws<StorageException>(() => AtomicFile.Write(disk, "/state/HEAD", New));
            Assert.Equal(StorageFault.DiskFull, fault.Fault);
            AtomicFile.Write(disk, "/state/HEAD", New);
            Assert.Equal(New, AtomicFile.Read(disk.AfterCrash(), "/state/HEAD"));
        }
    }

    private static SimulatedDisk DiskWithOldContent()
    {
        var disk = new SimulatedDisk();
        disk.CreateDirectory("/state");
        AtomicFile.Write(disk, "/state/HEAD", Old);
        return disk;
    }
}
