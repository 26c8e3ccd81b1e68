using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Tests.Commands.Support;

/// <summary>A state directory with real versions in it: v1 promoted, v2 held, v3 rejected. Goes when it is disposed.</summary>
internal sealed class StoreOnDisk : IDisposable
{
    public StoreOnDisk()
    {
        Root = Directory.CreateTempSubdirectory("versions-").FullName;
        VersionStore store = Open();
        Publish(store, 1, null, VerdictKind.Promote, 0.60);
        Publish(store, 2, new ModelVersion(1), VerdictKind.Hold, 0.58);
        Publish(store, 3, new ModelVersion(2), VerdictKind.Reject, 0.71);
    }

    public string Root { get; }

    public string FileOf(int version, string name) => Path.Combine(Root, "versions", $"v{version:D6}", name);

    public VersionStore Open() =>
        VersionStore.Open(LocalDisk.Instance, Path.Combine(Root, "versions"), StoreAccess.ReadWrite, TimeProvider.System, NullLogger.Instance);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public static void Publish(VersionStore store, int number, ModelVersion? parent, VerdictKind verdict, double loss, params ExtraFile[] more)
    {
        VerdictReason[] reasons = verdict == VerdictKind.Promote ? [] : [new("forgetting", "mae loss, era 0", loss, 0.55, "normalised squared error", verdict)];
        VersionDraft draft = new(
            new ModelVersion(number), parent, "test-lineage", DateTimeOffset.FromUnixTimeSeconds(1_790_000_000 + number), new CycleNumber(number), 40, 1000 * number,
            [new PartitionPosition("frames", 0, 0, 1000 * number)], new Verdict(verdict, reasons),
            new ProbeReport([new EraProbe(0, "mae", loss, 0.01, 0.667, 64)], [new FeatureHealth("frames", 40.5, 0.97, 192, 64)], new RetrievalProbe(0.1, 0.3, 0.027, 374)),
            null, JsonDocument.Parse($$"""{"learningRate": {{number}}e-3}""").RootElement, "test numerics");
        using Snapshot snapshot = new(number);
        store.Publish(draft, snapshot, [new ExtraFile("replay.bin", stream => stream.Write("replay"u8)), .. more]);
        store.MovePointers(draft.Version);
    }

    private sealed class Snapshot(int number) : IModelSnapshot
    {
        public IReadOnlyList<TensorBytes> Model { get; } =
            [new("encoder.weight", TensorElement.F32, [2, 2], new byte[16].Select((_, i) => i % 4 == 3 ? (byte)(0x3F + number) : (byte)0).ToArray())];

        public IReadOnlyList<TensorBytes> Training { get; } = [new("moments", TensorElement.F32, [2], new byte[8])];

        public IReadOnlyDictionary<string, byte[]> Files { get; } = new Dictionary<string, byte[]>
        {
            ["model.json"] = Encoding.UTF8.GetBytes("{}"),
            ["learner.json"] = Encoding.UTF8.GetBytes("{}"),
            ["tokenizer.json"] = Encoding.UTF8.GetBytes("{}"),
        };

        public string Served => "raw";

        public string Digest { get; } = new((char)('a' + number), 64);

        public void Dispose()
        {
        }
    }
}
