using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Changes a state directory so that every checksum in it is right again: only who derives it anew can tell.</summary>
internal static class Forgery
{
    /// <summary>Another last moment in a version's training state, and sums to match.</summary>
    public static void ChangeTraining(string version) => Change(version, "training.safetensors", bytes => bytes[^3] ^= 0x20);

    /// <summary>A digit of what a version's line is said to have reached, and sums to match.</summary>
    public static void ChangeBook(string version) => Change(version, EraBookJson.FileName, bytes => bytes[bytes.AsSpan().LastIndexOfAnyInRange((byte)'0', (byte)'9')] ^= 1);

    /// <summary>One of a version's weights by the least that a float can differ, and sums to match: what another order of sums might give.</summary>
    public static void NudgeWeight(string version) => Change(version, "model.safetensors", bytes => bytes[^4] ^= 1);

    /// <summary>All of a version's weights sixteen times as large, and sums to match.</summary>
    public static void ScaleWeights(string version) => Change(version, "model.safetensors", bytes =>
    {
        int data = sizeof(long) + (int)BitConverter.ToInt64(bytes);
        foreach (ref float weight in MemoryMarshal.Cast<byte, float>(bytes.AsSpan(data))) weight *= 16;
    });

    /// <summary>The digest that a version's manifest names as what is stored has it: the last sum that could tell of an exchange.</summary>
    public static void SetDigest(string state, ModelVersion version)
    {
        VersionStore store = VersionStore.Open(LocalDisk.Instance, Path.Combine(state, "versions"), StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
        using IStoredModel stored = store.Open(version);
        using Learner learner = Learner.Restore(CyclePlan.FromJson(stored.Manifest.Plan.GetRawText()).Learner, stored, TimeProvider.System);
        string digest = learner.Digest();
        Assert.NotEqual(stored.Manifest.WeightsDigest, digest);
        ChangeManifest(Path.Combine(state, "versions", $"v{version.Number:D6}"), manifest => manifest["weightsDigest"] = digest);
    }

    public static void ChangeManifest(string version, Action<JsonNode> change)
    {
        string manifest = Path.Combine(version, "manifest.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(manifest))!;
        change(json);
        byte[] forged = Encoding.UTF8.GetBytes(json.ToJsonString());
        File.WriteAllBytes(manifest, forged);
        File.WriteAllText(Path.Combine(version, "manifest.sha256"), $"{Sum(forged)}  manifest.json\n");
    }

    private static void Change(string version, string name, Action<byte[]> change)
    {
        string path = Path.Combine(version, name);
        byte[] bytes = File.ReadAllBytes(path);
        string old = Sum(bytes);
        change(bytes);
        File.Delete(path); // It may have a second name in another version.
        File.WriteAllBytes(path, bytes);
        ChangeManifest(version, manifest =>
        {
            JsonNode file = manifest["files"]!.AsArray().Single(file => (string?)file!["name"] == name)!;
            Assert.Equal(old, (string?)file["sha256"]);
            file["sha256"] = Sum(bytes);
            file["blocks"] = string.Concat(bytes.Chunk(1 << 20).Select(block => Crc32C.Compute(block).ToString("x8", CultureInfo.InvariantCulture)));
        });
    }

    /// <summary>Writes one of the journal's logs anew, each record as the caller leaves it.</summary>
    public static void Rewrite(string journal, string prefix, uint tag, Action<long, byte[]> change) =>
        Rewrite(journal, prefix, tag, (sequence, _, payload) => change(sequence, payload));

    /// <summary>The same, told each record's kind.</summary>
    public static void Rewrite(string journal, string prefix, uint tag, Action<long, ushort, byte[]> change)
    {
        string aside = Path.Combine(journal, "aside");
        var to = new RecordLogSettings(aside, prefix, tag, 1 << 16, 256 << 20);
        using (RecordLog old = RecordLog.OpenToRead(LocalDisk.Instance, to with { Directory = journal }, TimeProvider.System))
        using (RecordLog forged = RecordLog.Open(LocalDisk.Instance, to, TimeProvider.System))
        using (RecordCursor cursor = old.Scan(0))
        {
            while (cursor.MoveNext())
            {
                byte[] payload = cursor.Current.Payload.ToArray();
                change(cursor.Current.Sequence, cursor.Current.Kind, payload);
                forged.Append(cursor.Current.Sequence, cursor.Current.Kind, payload);
            }

            forged.Sync();
        }

        foreach (string file in Directory.GetFiles(journal, $"{prefix}-*")) File.Delete(file);
        foreach (string file in Directory.GetFiles(aside)) File.Move(file, Path.Combine(journal, Path.GetFileName(file)));
        Directory.Delete(aside);
    }

    /// <summary>One word for another of the same length, wherever it stands.</summary>
    public static void Replace(byte[] payload, string word, string by)
    {
        for (int at = payload.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)); at >= 0; at = payload.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)))
            Encoding.UTF8.GetBytes(by, payload.AsSpan(at));
    }

    /// <summary>Gives up the journal before a version, as the daemon's retention does.</summary>
    public static void Retire(string state, ReplayOptions options, ModelVersion to)
    {
        VersionStore store = VersionStore.Open(LocalDisk.Instance, Path.Combine(state, "versions"), StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
        long horizon = store.Read(to).JournalPosition;
        var live = new HashSet<long>();
        ReplayState.Load(Saved(store, to), options, 7).CollectLive(live);
        var place = new ReplayPlace(LocalDisk.Instance, Path.Combine(state, "journal"), 7, TimeProvider.System);
        using ReplayLedger ledger = ReplayLedger.Open(place, options, Saved(store, store.Head!.Value), NullLogger.Instance);
        ledger.Decide(new JournalRecord.HistoryRetired(horizon, "a test"));
        ledger.Retire(live, horizon, default);
        ledger.Sync();
    }

    private static MemoryStream Saved(VersionStore store, ModelVersion version)
    {
        using IStoredModel stored = store.Open(version);
        return new MemoryStream(stored.ReadFile("replay.bin")!);
    }

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
