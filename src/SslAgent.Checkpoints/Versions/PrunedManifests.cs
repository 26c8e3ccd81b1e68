using System.Globalization;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// What versions that retention took away had said of themselves, a file each under <c>pruned/</c>: a line's measurements outlive its weights. A file's name has its content's checksum; one that
/// does not fit is passed over, since nothing but looking back depends on it.
/// </summary>
internal sealed class PrunedManifests(IDisk disk, VersionNames names)
{
    private const char Mark = '-';
    private const string Ending = ".json";

    /// <summary>Durable when it returns.</summary>
    public void Keep(VersionManifest manifest)
    {
        disk.CreateDirectory(names.Pruned);
        disk.SyncDirectory(names.Root);
        byte[] json = ManifestJson.Write(manifest);
        AtomicFile.Write(disk, Path.Combine(names.Pruned, $"{VersionNames.Name(manifest.Version)}{Mark}{SumOf(json)}{Ending}"), json);
    }

    /// <summary>Only the newest so many stay.</summary>
    public void Bound(int countMax)
    {
        string[] over = [.. Files().OrderByDescending(files => files.Key).Skip(countMax).SelectMany(files => files)];
        if (over.Length == 0) return;
        foreach (string path in over) disk.Delete(path);
        disk.SyncDirectory(names.Pruned);
    }

    /// <summary>Their files; of one version several where its number was published again.</summary>
    public ILookup<ModelVersion, string> Files() => (
        from entry in disk.List(names.Pruned)
        where !entry.IsDirectory && entry.Name.EndsWith(Ending, StringComparison.Ordinal)
        let version = VersionOf(entry.Name)
        where version is not null
        select (Version: version.Value, Path: Path.Combine(names.Pruned, entry.Name))).ToLookup(file => file.Version, file => file.Path);

    /// <summary>The first that is what was written, or null.</summary>
    public VersionManifest? Read(IEnumerable<string> files)
    {
        foreach (string path in files)
        {
            if (AtomicFile.Read(disk, path) is { } json && path.EndsWith($"{Mark}{SumOf(json)}{Ending}", StringComparison.Ordinal)) return ManifestJson.Read(json, path);
        }

        return null;
    }

    private static ModelVersion? VersionOf(string name) => VersionNames.TryParse(name.Split(Mark)[0], out ModelVersion version) ? version : null;

    private static string SumOf(byte[] json) => Crc32C.Compute(json).ToString("x8", CultureInfo.InvariantCulture);
}
