using System.Globalization;
using System.Text;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// What versions that retention took away had said of themselves, a file each under <c>pruned/</c>: a line's measurements outlive its weights. A checksum stands behind each; one that
/// does not fit is passed over, since nothing but looking back depends on it.
/// </summary>
internal sealed class PrunedManifests(IDisk disk, VersionNames names)
{
    private const string SumLine = "\ncrc32c:";

    private static readonly int SumBytes = SumOf([]).Length;

    /// <summary>Durable when it returns.</summary>
    public void Keep(VersionManifest manifest)
    {
        disk.CreateDirectory(names.Pruned);
        disk.SyncDirectory(names.Root);
        byte[] json = ManifestJson.Write(manifest);
        AtomicFile.Write(disk, names.PrunedManifest(manifest.Version), [.. json, .. SumOf(json)]);
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
        if (AtomicFile.Read(disk, path) is not { } written || written.Length < SumBytes) return null;
        byte[] json = written[..^SumBytes];
        return written.AsSpan(json.Length).SequenceEqual(SumOf(json)) ? ManifestJson.Read(json, path) : null;
    }

    private IEnumerable<ModelVersion> Versions()
    {
        foreach (DiskEntry entry in disk.List(names.Pruned))
        {
            if (!entry.IsDirectory && VersionNames.TryParse(entry.Name, out ModelVersion version)) yield return version;
        }
    }

    private static byte[] SumOf(byte[] json) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{SumLine}{Crc32C.Compute(json):x8}\n"));
}
