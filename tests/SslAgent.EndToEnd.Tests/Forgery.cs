using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Changes a state directory so that every checksum in it is right again: only who derives it anew can tell.</summary>
internal static class Forgery
{
    /// <summary>Another last moment in a version's training state, and sums to match.</summary>
    public static void ChangeTraining(string version)
    {
        string training = Path.Combine(version, "training.safetensors"), manifest = Path.Combine(version, "manifest.json");
        byte[] bytes = File.ReadAllBytes(training);
        string old = Sum(bytes);
        bytes[^3] ^= 0x20;
        File.Delete(training); // It may have a second name in another version.
        File.WriteAllBytes(training, bytes);
        JsonNode json = JsonNode.Parse(File.ReadAllText(manifest))!;
        JsonNode file = json["files"]!.AsArray().Single(file => (string?)file!["name"] == "training.safetensors")!;
        Assert.Equal(old, (string?)file["sha256"]);
        file["sha256"] = Sum(bytes);
        file["blocks"] = string.Concat(bytes.Chunk(1 << 20).Select(block => Crc32C.Compute(block).ToString("x8", CultureInfo.InvariantCulture)));
        byte[] forged = Encoding.UTF8.GetBytes(json.ToJsonString());
        File.WriteAllBytes(manifest, forged);
        File.WriteAllText(Path.Combine(version, "manifest.sha256"), $"{Sum(forged)}  manifest.json\n");
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
