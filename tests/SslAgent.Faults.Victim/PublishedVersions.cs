using System.Globalization;
using System.Text.Json;

namespace SslAgent.Faults.Victim;

/// <summary>Notes each version and its weights' digest in the moment in which it appears under its name, before anything can be killed after it.</summary>
internal sealed class PublishedVersions(PointLog log, DurableRoles roles)
{
    /// <summary>The highest number so far, over all processes; 0 where there is none.</summary>
    public static int Newest(string log) => PointLog.Read(log).Where(entry => entry.What == PointLog.Version)
        .Select(entry => int.Parse(entry.Detail[..entry.Detail.IndexOf('\t', StringComparison.Ordinal)], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    public void Renamed(string path)
    {
        if (roles.Of(path) != "versions/v") return;
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "manifest.json")));
        int version = int.Parse(Path.GetFileName(path)[1..], CultureInfo.InvariantCulture);
        log.Add(PointLog.Version, string.Create(CultureInfo.InvariantCulture, $"{version}\t{manifest.RootElement.GetProperty("weightsDigest").GetString()}"));
    }
}
