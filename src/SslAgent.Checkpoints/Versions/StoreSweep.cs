using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// Removes what a crash left: half-written and half-deleted versions, files that were about to be replaced, moments that a version was
/// already declared to have lost. Only for the one writer.
/// </summary>
internal static class StoreSweep
{
    public static void Run(IDisk disk, VersionNames names, VersionReader reader, List<StoreFinding> findings)
    {
        disk.CreateDirectory(names.Root);
        disk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(names.Root)) ?? names.Root);
        foreach (DiskEntry entry in disk.List(names.Root))
        {
            string path = Path.Combine(names.Root, entry.Name);
            if (entry.IsDirectory && VersionNames.IsLeftover(entry.Name))
            {
                findings.Add(new StoreFinding(null, Removed(disk, path, entry.Name)));
            }
            else if (!entry.IsDirectory && entry.Name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal))
            {
                disk.Delete(path);
            }
            else if (entry.IsDirectory && VersionNames.TryParse(entry.Name, out ModelVersion version))
            {
                FinishDropping(disk, names, reader, version);
            }
        }
    }

    /// <summary>A version that was being deleted takes nothing but room, so where it may not be it stops nobody; half a version's number is needed again.</summary>
    private static string Removed(IDisk disk, string path, string name)
    {
        try
        {
            disk.DeleteDirectory(path);
            return $"Removed {name}, which an interrupted save or deletion left behind.";
        }
        catch (StorageException denied) when (denied.Fault == StorageFault.Denied && VersionNames.IsTrash(name))
        {
            return $"{name}, which an interrupted save or deletion left behind, cannot be removed: {denied.Message}";
        }
    }

    private static void FinishDropping(IDisk disk, VersionNames names, VersionReader reader, ModelVersion version)
    {
        disk.Delete(names.File(version, VersionNames.Dropped + AtomicFile.TemporarySuffix));
        try
        {
            foreach (string file in reader.ReadDropped(version)?.Files ?? [])
            {
                if (VersionNames.IsFileName(file)) disk.Delete(names.File(version, file));
            }
        }
        catch (VersionDamagedException)
        {
            // Loading the index finds the same and reports it.
        }
    }
}
