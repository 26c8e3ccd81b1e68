using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>Reads versions' directories and finds out whether they are what their manifests say. Stateless; changes nothing.</summary>
internal sealed class VersionReader(IDisk disk, VersionNames names)
{
    /// <summary>
    /// The manifest, checked against its own sum, less what retention dropped since. Throws <see cref="VersionDamagedException"/>,
    /// <see cref="UnknownManifestFormatException"/>, or <see cref="StorageException"/> where the disk fails.
    /// </summary>
    public VersionManifest ReadManifest(ModelVersion version)
    {
        string path = names.File(version, VersionNames.Manifest);
        byte[] json = AtomicFile.Read(disk, path) ?? throw new VersionDamagedException(version, path, "missing");
        RequireSum(version, path, json);
        try
        {
            VersionManifest manifest = ManifestJson.Read(json, path);
            if (manifest.Version != version) throw new FormatException($"it is that of {manifest.Version}");
            return WithoutDropped(manifest, ReadDropped(version));
        }
        catch (FormatException fault)
        {
            throw new VersionDamagedException(version, path, fault.Message, fault);
        }
    }

    public DroppedFiles? ReadDropped(ModelVersion version)
    {
        string path = names.File(version, VersionNames.Dropped);
        if (AtomicFile.Read(disk, path) is not { } json) return null;
        try
        {
            DroppedFiles? dropped = JsonSerializer.Deserialize(json, DroppedJson.Default.DroppedFiles);
            return dropped?.Format == DroppedFiles.KnownFormat ? dropped : throw new JsonException($"its format is {dropped?.Format}");
        }
        catch (JsonException fault)
        {
            throw new VersionDamagedException(version, path, fault.Message, fault);
        }
    }

    /// <summary>All of a version's bytes against its manifest: every damage is named, none ends the search.</summary>
    public VerifyReport Verify(ModelVersion version, CancellationToken cancellation)
    {
        VersionManifest manifest;
        try
        {
            manifest = ReadManifest(version);
        }
        catch (VersionDamagedException fault)
        {
            return new VerifyReport(version, 0, [new FileDamage(Path.GetFileName(fault.Path), fault.Detail) { Ranges = AllOf(fault.Path) }]);
        }
        List<FileDamage> damages = [];
        foreach (VersionFile file in manifest.Files)
        {
            if (FileCheck.Find(disk, names.File(version, file.Name), file, cancellation) is { } damage) damages.Add(damage);
        }
        return new VerifyReport(version, manifest.Files.Sum(file => file.Bytes), damages);
    }

    /// <summary>A file that is small and has one sum is damaged as a whole.</summary>
    private IReadOnlyList<ByteRange> AllOf(string path)
    {
        if (!disk.FileExists(path)) return [];
        using IDiskFile open = disk.Open(path, DiskOpen.Read);
        return [new ByteRange(0, open.Length)];
    }

    private void RequireSum(ModelVersion version, string path, byte[] json)
    {
        string sumPath = names.File(version, VersionNames.ManifestSum);
        byte[] sum = AtomicFile.Read(disk, sumPath) ?? throw new VersionDamagedException(version, sumPath, "missing");
        string expected = $"{Convert.ToHexStringLower(SHA256.HashData(json))}  {VersionNames.Manifest}\n";
        if (Encoding.ASCII.GetString(sum) != expected)
            throw new VersionDamagedException(version, path, $"its sha256 is not the one in {VersionNames.ManifestSum}");
    }

    private static VersionManifest WithoutDropped(VersionManifest manifest, DroppedFiles? dropped) => dropped is null
        ? manifest
        : manifest with
        {
            Files = [.. manifest.Files.Where(file => !dropped.Files.Contains(file.Name, StringComparer.Ordinal))],
            HasTrainingState = manifest.HasTrainingState && !dropped.Files.Contains(VersionNames.Training, StringComparer.Ordinal),
        };
}
