using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>Copies the files that use a version's encoders, and nothing that continues its training; sums are checked on the way.</summary>
internal sealed class VersionExport(IDisk disk, VersionNames names)
{
    private static readonly string[] Wanted = [VersionNames.Model, "model.json", "tokenizer.json"];

    public IReadOnlyList<string> Run(VersionManifest manifest, string directory, CancellationToken cancellation)
    {
        if (disk.List(directory).Count > 0) throw new ControlRefusedException($"{directory} is not empty: nothing was exported.");
        disk.CreateDirectory(directory);
        VersionFile[] files = [.. manifest.Files.Where(file => Wanted.Contains(file.Name, StringComparer.Ordinal))];
        foreach (VersionFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Copy(manifest.Version, file.Name, directory).HasContentOf(file))
            {
                string path = names.File(manifest.Version, file.Name);
                throw new VersionDamagedException(manifest.Version, path, "its size or sha256 is not the manifest's");
            }
        }
        Copy(manifest.Version, VersionNames.Manifest, directory);
        Copy(manifest.Version, VersionNames.ManifestSum, directory);
        disk.SyncDirectory(directory);
        return [.. files.Select(file => file.Name), VersionNames.Manifest, VersionNames.ManifestSum];
    }

    private VersionFile Copy(ModelVersion version, string name, string directory)
    {
        using HashedReadStream source = new(disk, names.File(version, name));
        using HashedWriteStream target = new(disk, Path.Combine(directory, name));
        source.CopyTo(target);
        return target.Finish(name);
    }
}
