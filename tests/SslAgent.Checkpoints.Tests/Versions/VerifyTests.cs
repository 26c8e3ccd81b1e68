using SslAgent.Domain;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class VerifyTests
{
    private static readonly string[] Files =
        ["learner.json", "model.json", "model.safetensors", "replay.bin", "tokenizer.json", "training.safetensors", "manifest.json", "manifest.sha256"];

    [Fact]
    public void Every_damaged_file_is_named()
    {
        foreach (string file in Files)
        {
            using TemporaryDirectory directory = new();
            VersionStore store = Open(directory);
            store.Add(1);
            Flip(Path.Combine(directory.Versions, "v000001", file), 20);
            FileDamage damage = Assert.Single(store.Verify(V(1), default).Damages);
            Assert.Equal(file == "manifest.sha256" ? "manifest.json" : file, damage.File);
        }
    }

    [Fact]
    public void Missing_cut_and_flipped_files_are_told_apart_and_all_listed()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        string version = Path.Combine(directory.Versions, "v000001");
        File.Delete(Path.Combine(version, "replay.bin"));
        File.WriteAllText(Path.Combine(version, "model.json"), "{");
        Flip(Path.Combine(version, "model.safetensors"));
        IReadOnlyList<FileDamage> damages = store.Verify(V(1), default).Damages;
        Assert.Equal(["model.json", "model.safetensors", "replay.bin"], damages.Select(damage => damage.File));
        Assert.Contains("1 bytes", damages[0].Detail, StringComparison.Ordinal);
        Assert.Contains("sha256", damages[1].Detail, StringComparison.Ordinal);
        Assert.Contains("missing", damages[2].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_a_damaged_file_never_gives_its_content()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        foreach (string file in new[] { "model.safetensors", "training.safetensors", "replay.bin" })
            Flip(Path.Combine(directory.Versions, "v000001", file), int.MaxValue);
        using IStoredModel stored = store.Open(V(1));
        Assert.Throws<VersionDamagedException>(() => stored.ReadModel());
        Assert.Throws<VersionDamagedException>(() => stored.ReadTraining());
        VersionDamagedException fault = Assert.Throws<VersionDamagedException>(() => stored.ReadFile("replay.bin"));
        Assert.EndsWith("replay.bin", fault.Path, StringComparison.Ordinal);
        Assert.Null(store.FindSound(_ => true, default));
    }

    [Fact]
    public void The_newest_sound_version_is_found_behind_damaged_ones()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        for (int version = 1; version <= 3; version++) store.Add(version);
        Flip(Path.Combine(directory.Versions, "v000003", "training.safetensors"));
        Assert.Equal(V(2), store.FindSound(manifest => manifest.HasTrainingState, default)!.Version);
    }

    [Fact]
    public void A_newer_manifest_format_is_refused_by_name_and_nothing_is_touched()
    {
        using TemporaryDirectory directory = new();
        Open(directory).Add(1);
        string path = Path.Combine(directory.Versions, "v000001", "manifest.json");
        byte[] newer = System.Text.Encoding.UTF8.GetBytes(File.ReadAllText(path).Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        File.WriteAllBytes(path, newer);
        File.WriteAllText(Path.Combine(directory.Versions, "v000001", "manifest.sha256"),
            $"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(newer))}  manifest.json\n");
        UnknownManifestFormatException fault = Assert.Throws<UnknownManifestFormatException>(() => Open(directory));
        Assert.Contains("format 2", fault.Message, StringComparison.Ordinal);
        Assert.Equal(newer, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_version_that_was_never_there_is_unknown()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        Assert.Throws<UnknownVersionException>(() => store.Verify(V(7), default));
        Assert.Throws<UnknownVersionException>(() => store.Open(V(7)));
        Assert.Throws<UnknownVersionException>(() => store.Pin(V(7), "why not"));
    }
}
