using System.Globalization;
using System.Text.Json;

namespace SslAgent.Faults.Victim;

/// <summary>Notes each version and its weights' digest in the moment in which it appears under its name, before anything can be killed after it.</summary>
internal sealed class PublishedVersions(PointLog log, DurableRoles roles)
{
    public void Renamed(string path)
    {
        if (roles.Of(path) != "versions/v") return;
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "manifest.json")));
        int version = int.Parse(Path.GetFileName(path)[1..], CultureInfo.InvariantCulture);
        log.Add(PointLog.Version, string.Create(CultureInfo.InvariantCulture, $"{version}\t{manifest.RootElement.GetProperty("weightsDigest").GetString()}"));
    }
}
