using Microsoft.Extensions.Logging;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// Keeps a copy of each damaged stretch of the journal, for a person to look at: <c>quarantine/SEGMENT.FROM-TO.bin</c>, once, bounded in all. What
/// finds no room stays where it is; nothing is moved or mended.
/// </summary>
internal static class Quarantine
{
    public const long BytesMax = 64L << 20;

    public static void Keep(IDisk disk, string directory, IReadOnlyList<DamagedRange> damaged, ILogger log)
    {
        if (damaged.Count == 0) return;
        try
        {
            disk.CreateDirectory(directory);
            long room = BytesMax - disk.List(directory).Sum(entry => entry.Bytes);
            foreach (DamagedRange range in damaged) room -= Keep(disk, directory, range, room, log);
        }
        catch (StorageException fault)
        {
            // Policy: the copy is for people; recovery needs none, and the damage is told anyway.
            HeadLog.QuarantineFailed(log, fault.Message);
        }
    }

    private static long Keep(IDisk disk, string directory, DamagedRange range, long room, ILogger log)
    {
        string copy = Path.Combine(directory, $"{Path.GetFileName(range.Path)}.{range.From}-{range.To}.bin");
        if (disk.FileExists(copy) || !disk.FileExists(range.Path)) return 0;
        using IDiskFile file = disk.Open(range.Path, DiskOpen.Read);
        long bytes = Math.Min(range.To, file.Length) - range.From;
        if (bytes <= 0) return 0;
        if (bytes > room)
        {
            HeadLog.QuarantineFull(log, range.ToString(), BytesMax);
            return 0;
        }

        byte[] content = new byte[bytes];
        int read = file.Read(range.From, content);
        AtomicFile.Write(disk, copy, content.AsSpan(0, read));
        HeadLog.Quarantined(log, range.ToString(), copy);
        return read;
    }
}
