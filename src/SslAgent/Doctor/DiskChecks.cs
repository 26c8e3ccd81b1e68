using System.Globalization;
using SslAgent.Storage;

namespace SslAgent.Doctor;

/// <summary>Can the state directory be written, has it room, and how long does it take until something is really on the medium?</summary>
internal sealed class DiskChecks(IDisk disk, TimeProvider time)
{
    private const int Rounds = 16, BlockBytes = 4096;
    private const long FreeMin = 2L << 30, FreeGood = 20L << 30;
    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(50);

    /// <summary>Leaves nothing behind: the probe's folder is deleted again, and so is a state directory that was not there.</summary>
    public IEnumerable<Finding> Run(string stateDirectory)
    {
        string root = Path.GetFullPath(stateDirectory), probe = Path.Combine(root, $".doctor-{Environment.ProcessId}");
        bool isNew = !disk.DirectoryExists(root);
        List<Finding> findings = [];
        try
        {
            disk.CreateDirectory(probe);
            findings.Add(Finding.Good("state directory", isNew ? $"{root} can be made" : $"{root} can be written"));
            findings.Add(Room(disk.FreeBytes(root)));
            findings.Add(Latency(Path.Combine(probe, "block")));
        }
        catch (StorageException refused)
        {
            findings.Add(Finding.Bad("state directory", refused.Message, "make it for the user that runs the daemon, or set agent:stateDirectory to another"));
        }
        finally
        {
            TryDelete(isNew ? root : probe);
        }

        return findings;
    }

    private static Finding Room(long free)
    {
        string found = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1L << 30):0.0} GiB free");
        if (free < FreeMin) return Finding.Bad("room", found, "journal and versions need a few GiB; see replay:… and checkpoints:bytesMax");
        return free < FreeGood ? Finding.Warning("room", found, "enough for small models; checkpoints:bytesMax alone may be 20 GiB") : Finding.Good("room", found);
    }

    private Finding Latency(string file)
    {
        List<TimeSpan> taken = [];
        using IDiskFile block = disk.Open(file, DiskOpen.CreateNew);
        for (int i = 0; i < Rounds; i++)
        {
            long began = time.GetTimestamp();
            block.Write((long)i * BlockBytes, new byte[BlockBytes]);
            block.Sync();
            taken.Add(time.GetElapsedTime(began));
        }

        taken.Sort();
        string found = string.Create(CultureInfo.InvariantCulture, $"{taken[Rounds / 2].TotalMilliseconds:0.0} ms median, {taken[^1].TotalMilliseconds:0.0} ms at worst for 4 KiB");
        return taken[Rounds / 2] > SlowSync
            ? Finding.Warning("fsync", found, "the journal is made durable every 200 ms: a faster disk keeps ingest ahead of the stream")
            : Finding.Good("fsync", found);
    }

    private void TryDelete(string directory)
    {
        try
        {
            disk.DeleteDirectory(directory);
        }
        catch (StorageException)
        {
            // What could not be written cannot be left behind either.
        }
    }
}
