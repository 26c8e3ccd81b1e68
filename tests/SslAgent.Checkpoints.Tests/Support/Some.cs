using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Checkpoints.Tests;

/// <summary>Builders: a valid value of everything, from which a test changes what it is about.</summary>
internal static class Some
{
    public static TensorBytes Floats(string name, params float[] values) => Floats(name, [values.Length], values);

    public static TensorBytes Floats(string name, long[] shape, float[] values) =>
        new(name, TensorElement.F32, shape, MemoryMarshal.AsBytes<float>(values).ToArray());

    public static Snapshot Snapshot(int seed = 1, bool training = true)
    {
        Philox chance = new(new DrawKey((ulong)seed, 0, 0, ChanceStream.Test));
        float[] weights = [.. Enumerable.Range(0, 300).Select(_ => chance.NextSingle())];
        TensorBytes[] model = [Floats("vision.blocks.0.weight", [10, 20], weights[..200]), Floats("vision.norm.bias", weights[200..])];
        TensorBytes[] state =
        [
            Floats("masters", weights), Floats("moment1", weights), new("steps", TensorElement.I64, [1], BitConverter.GetBytes(12L)),
        ];
        return new Snapshot(model, training ? state : [], Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(weights))));
    }

    public static ExtraFile Replay(string content = "replay state") => new("replay.bin", stream => stream.Write(Encoding.UTF8.GetBytes(content)));

    public static VersionDraft Draft(int version, int? parent = null, VerdictKind verdict = VerdictKind.Promote) => new(
        new ModelVersion(version), parent is { } p ? new ModelVersion(p) : null, "lineage-1", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        new CycleNumber(version), 120, 1000L * version, [new PartitionPosition("frames", 0, 0, 77)],
        new Verdict(verdict, [new VerdictReason("finite", "mae skipped steps", 0, 0.05, "share of steps", verdict)]),
        new ProbeReport(
            [new EraProbe(0, "mae", 0.5 / version, 0.01, 0.667, 64)], [new FeatureHealth("frames", 40, 0.3, 192, 128)],
            new RetrievalProbe(0.1, 0.3, 0.02, 50)),
        new CycleReport(
            new CycleNumber(version), 120, new Dictionary<string, ObjectiveSummary> { ["mae"] = new("mae", 120, 7680, 0.6, 0.5, 2, 1, 3.5) },
            [new SampleId(4711)]),
        JsonDocument.Parse($$$"""{"model":{"preset":"nano","width":64},"learning":{"rate":{{{version}}}e-4}}""").RootElement,
        "cpu, libtorch 1.13, 2 threads");

    public static RollbackDraft Rollback(int version, int target) => new(
        new ModelVersion(version), new ModelVersion(target), new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero), 99_000,
        [new PartitionPosition("frames", 0, 0, 99)], "poisoned camera");
}

/// <summary>A snapshot over plain arrays that knows whether it was given back.</summary>
internal sealed class Snapshot(IReadOnlyList<TensorBytes> model, IReadOnlyList<TensorBytes> training, string digest) : IModelSnapshot
{
    public IReadOnlyList<TensorBytes> Model { get; } = model;

    public IReadOnlyList<TensorBytes> Training { get; } = training;

    public IReadOnlyDictionary<string, byte[]> Files { get; } = new Dictionary<string, byte[]>
    {
        ["learner.json"] = "{\"step\":12}"u8.ToArray(),
        ["model.json"] = "{\"preset\":\"nano\"}"u8.ToArray(),
        ["tokenizer.json"] = "{}"u8.ToArray(),
    };

    public string Served => "ema";

    public string Digest { get; } = digest;

    public int Disposals { get; private set; }

    public void Dispose() => Disposals++;
}
