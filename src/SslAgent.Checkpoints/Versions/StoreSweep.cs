using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>Removes what a crash left: half-written and half-deleted versions, pointers that were about to be replaced. Only for the one writer.</summary>
internal static class StoreSweep
{
    public static void Run(IDisk disk, VersionNames names, List<StoreFinding> findings)
    {
        disk.CreateDirectory(names.Root);
        disk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(names.Root)) ?? names.Root);
        foreach (DiskEntry entry in disk.List(names.Root))
        {
            string path = Path.Combine(names.Root, entry.Name);
            if (entry.IsDirectory && VersionNames.IsLeftover(entry.Name))
            {
                disk.DeleteDirectory(path);
                findings.Add(new StoreFinding(null, $"Removed {entry.Name}, which an interrupted save or deletion left behind."));
            }
            else if (!entry.IsDirectory && entry.Name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal))
            {
                disk.Delete(path);
            }
        }
    }
}
