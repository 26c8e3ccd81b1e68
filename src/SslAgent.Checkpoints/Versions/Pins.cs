using System.Text;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// Versions that retention leaves alone: one file each under <c>pins/</c>, holding the reason. Read from disk every time, because an
/// operator's command pins from another process while the daemon runs. It is the file's name that pins; the text is for people, and a checksum behind it
/// tells whether it is still what was written.
/// </summary>
internal sealed class Pins(IDisk disk, VersionNames names)
{
    /// <summary>What is said behind a reason that nothing vouches for: a flipped bit, or a release that wrote no checksum.</summary>
    public const string Unsure = "[no checksum vouches for this text]";

    private const int ReasonCharactersMax = 1000;

    public void Add(ModelVersion version, string reason)
    {
        if (reason.Length > ReasonCharactersMax) reason = reason[..ReasonCharactersMax];
        disk.CreateDirectory(names.Pins);
        disk.SyncDirectory(names.Root);
        AtomicFile.Write(disk, names.Pin(version), SumLine.Behind(Encoding.UTF8.GetBytes(reason)));
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
            if (AtomicFile.Read(disk, names.Pin(version)) is { } reason) pins[version] = ReasonOf(reason);
        }
        return pins;
    }

    private static string ReasonOf(byte[] written) =>
        SumLine.ContentOf(written) is { } reason ? Encoding.UTF8.GetString(reason) : $"{Encoding.UTF8.GetString(written).TrimEnd('\n')} {Unsure}".TrimStart();
}
