using System.Globalization;
using System.Text.Json;

namespace SslAgent.Faults.Victim;

/// <summary>
/// Notes each version and its weights' digest, and each resume point and how far it is, in the moment in which it appears under its name, before its thread can
/// be killed after it.
/// </summary>
internal sealed class PublishedVersions(PointLog log, DurableRoles roles)
{
    /// <summary>The highest number so far, over all processes; 0 where there is none.</summary>
    public static int Newest(string log) => PointLog.Read(log).Where(entry => entry.What == PointLog.Version)
        .Select(entry => int.Parse(entry.Detail[..entry.Detail.IndexOf('\t', StringComparison.Ordinal)], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    public void Renamed(string path)
    {
        string role = roles.Of(path);
        if (role is not ("versions/v" or "resume/v")) return;
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "manifest.json")));
        if (role == "resume/v")
        {
            (int cycle, int steps) = (manifest.RootElement.GetProperty("cycle").GetInt32(), manifest.RootElement.GetProperty("stepsDone").GetInt32());
            log.Add(PointLog.ResumePoint, string.Create(CultureInfo.InvariantCulture, $"{cycle}\t{steps}"));
            return;
        }

        int version = int.Parse(Path.GetFileName(path)[1..], CultureInfo.InvariantCulture);
        log.Add(PointLog.Version, string.Create(CultureInfo.InvariantCulture, $"{version}\t{manifest.RootElement.GetProperty("weightsDigest").GetString()}"));
    }
}
