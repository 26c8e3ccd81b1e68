using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// The manifests of all readable versions, in memory, and which numbers are taken. Guarded by its own lock; safe to call from any thread.
/// </summary>
internal sealed class VersionIndex
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ModelVersion, VersionManifest> _manifests = [];
    private int _highest;

    /// <summary>Reads every version's manifest; those that cannot be read are reported and keep their number.</summary>
    public static VersionIndex Load(IDisk disk, VersionNames names, VersionReader reader, List<StoreFinding> findings)
    {
        VersionIndex index = new();
        foreach (DiskEntry entry in disk.List(names.Root))
        {
            if (!entry.IsDirectory || !VersionNames.TryParse(entry.Name, out ModelVersion version)) continue;
            index.Take(version);
            try
            {
                index.Put(reader.ReadManifest(version));
            }
            catch (VersionDamagedException fault)
            {
                findings.Add(new StoreFinding(version, $"{fault.Message}. It is left where it is and not used."));
            }
        }
        return index;
    }

    public void Put(VersionManifest manifest)
    {
        lock (_lock)
        {
            _manifests[manifest.Version] = manifest;
            _highest = Math.Max(_highest, manifest.Version.Number);
        }
    }

    public void Remove(ModelVersion version)
    {
        lock (_lock) _manifests.Remove(version);
    }

    public VersionManifest? Find(ModelVersion version)
    {
        lock (_lock) return _manifests.GetValueOrDefault(version);
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<VersionManifest> List()
    {
        lock (_lock) return [.. _manifests.Values.Reverse()];
    }

    /// <summary>The next free number, taken from here on.</summary>
    public ModelVersion Reserve()
    {
        lock (_lock) return new ModelVersion(++_highest);
    }

    /// <summary>Marks a number as taken.</summary>
    public void Take(ModelVersion version)
    {
        lock (_lock) _highest = Math.Max(_highest, version.Number);
    }
}
