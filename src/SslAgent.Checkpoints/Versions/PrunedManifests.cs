using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// What versions that retention took away had said of themselves, a file each under <c>pruned/</c>: a line's measurements outlive its weights. A checksum stands behind each; one that
/// does not fit is passed over, since nothing but looking back depends on it.
/// </summary>
internal sealed class PrunedManifests(IDisk disk, VersionNames names)
{
    /// <summary>Durable when it returns.</summary>
    public void Keep(VersionManifest manifest)
    {
        disk.CreateDirectory(names.Pruned);
        disk.SyncDirectory(names.Root);
        AtomicFile.Write(disk, names.PrunedManifest(manifest.Version), SumLine.Behind(ManifestJson.Write(manifest)));
    }

    /// <summary>Only the newest so many stay.</summary>
    public void Bound(int countMax)
    {
        ModelVersion[] over = [.. Versions().OrderDescending().Skip(countMax)];
        if (over.Length == 0) return;
        foreach (ModelVersion version in over) disk.Delete(names.PrunedManifest(version));
        disk.SyncDirectory(names.Pruned);
    }

    /// <summary>Null where none was kept, or it is not what was written.</summary>
    public VersionManifest? Find(ModelVersion version)
    {
        string path = names.PrunedManifest(version);
        return AtomicFile.Read(disk, path) is { } written && SumLine.ContentOf(written) is { } json ? ManifestJson.Read(json, path) : null;
    }

    private IEnumerable<ModelVersion> Versions()
    {
        foreach (DiskEntry entry in disk.List(names.Pruned))
        {
            if (!entry.IsDirectory && VersionNames.TryParse(entry.Name, out ModelVersion version)) yield return version;
        }
    }
}
