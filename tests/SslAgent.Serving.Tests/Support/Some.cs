using System.Text;
using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Serving.Tests.Support;

internal static class Some
{
    public static EmbeddingInput Text(string text) => new(null, new Text(Encoding.UTF8.GetBytes(text)));

    public static EmbeddingInput Frame(byte shade) => new(new Frame(2, 1, [shade, shade, shade, 0, 1, 2]), null);

    public static AgentStatus Status(AgentHealth health = AgentHealth.Healthy) => new(
        health, ["a disk is slow"], new ModelVersion(3), new ModelVersion(2),
        new Verdict(VerdictKind.Hold, [new VerdictReason("forgetting", "mae loss, era 1", 0.7, 0.6, "normalised squared error", VerdictKind.Hold)]),
        new CycleNumber(4), 17, 4711, 1 << 20, 4000, 40, 3, 2, 100, 200, 50, 60, 1L << 33, DateTimeOffset.FromUnixTimeSeconds(1_790_000_000),
        [new PartitionStatus("frames", 0, 0, 99, null, null, null), new PartitionStatus("logs", 1, 1, 10, 5, 7, 8)]);

    public static VersionManifest Manifest(int version) => new(
        new ModelVersion(version), version > 1 ? new ModelVersion(version - 1) : null, null, VersionKind.Cycle, "lineage",
        DateTimeOffset.FromUnixTimeSeconds(1_790_000_000 + version), new CycleNumber(version), 40, 4711,
        [new PartitionPosition("frames", 0, 0, 100)],
        new Verdict(VerdictKind.Reject, [new VerdictReason("finite", "mae loss", double.NaN, 0, "", VerdictKind.Reject)]),
        new ProbeReport([new EraProbe(0, "mae", 0.5, 0.01, 0.667, 16)], [], null), null, "ema", "ab12",
        JsonDocument.Parse("""{"seed": 7}""").RootElement, "torch 1.13.1", true, null, [new VersionFile("model.json", 10, "cd34")]);
}
