using System.Text;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// Versions that retention leaves alone: one file each under <c>pins/</c>, holding the reason. Read from disk every time, because an
/// operator's command pins from another process while the daemon runs.
/// </summary>
internal sealed class Pins(IDisk disk, VersionNames names)
{
    private const int ReasonCharactersMax = 1000;

    public void Add(ModelVersion version, string reason)
    {
        if (reason.Length > ReasonCharactersMax) reason = reason[..ReasonCharactersMax];
        disk.CreateDirectory(names.Pins);
        disk.SyncDirectory(names.Root);
        AtomicFile.Write(disk, names.Pin(version), Encoding.UTF8.GetBytes(reason + "\n"));
    }

    /// <summary>False where it was not pinned.</summary>
    public bool Remove(ModelVersion version)
    {
        if (!disk.FileExists(names.Pin(version))) return false;
        disk.Delete(names.Pin(version));
        disk.SyncDirectory(names.Pins);
        return true;
    }

    public IReadOnlyDictionary<ModelVersion, string> Read()
    {
        Dictionary<ModelVersion, string> pins = [];
        foreach (DiskEntry entry in disk.List(names.Pins))
        {
            if (entry.IsDirectory || !VersionNames.TryParse(entry.Name, out ModelVersion version)) continue;
            if (AtomicFile.Read(disk, names.Pin(version)) is { } reason) pins[version] = Encoding.UTF8.GetString(reason).TrimEnd('\n');
        }
        return pins;
    }
}
