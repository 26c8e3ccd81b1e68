using SslAgent.Domain;
using SslAgent.Storage;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class VerifyTests
{
    private const int Mebibyte = 1 << 20;

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
    public void What_is_missing_at_the_end_or_added_there_is_a_damaged_range_as_well()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        VersionFile file = Large(store);
        string path = Path.Combine(directory.Versions, "v000001", file.Name);
        byte[] sound = File.ReadAllBytes(path);
        File.WriteAllBytes(path, sound[..(Mebibyte + 7)]);
        Assert.Equal([new ByteRange(Mebibyte, file.Bytes)], Assert.Single(store.Verify(V(1), default).Damages).Ranges);
        File.WriteAllBytes(path, [.. sound, 1, 2, 3]);
        Assert.Equal([new ByteRange(file.Bytes, file.Bytes + 3)], Assert.Single(store.Verify(V(1), default).Damages).Ranges);
        File.WriteAllBytes(path, sound);
        Assert.True(store.Verify(V(1), default).IsSound);
    }

    [Fact]
    public void Bytes_that_the_medium_refuses_are_a_range_like_any_other_and_do_not_end_the_search()
    {
        using TemporaryDirectory directory = new();
        VersionFile file = Large(Open(directory));
        Flip(Path.Combine(directory.Versions, "v000001", file.Name), 3 * Mebibyte);
        VersionStore store = Open(directory, new FailingDisk(LocalDisk.Instance) { BadByte = (file.Name, Mebibyte + 5) }, StoreAccess.ReadOnly);
        FileDamage damage = Assert.Single(store.Verify(V(1), default).Damages);
        Assert.Equal([new ByteRange(Mebibyte, 2 * Mebibyte), new ByteRange(3 * Mebibyte, file.Bytes)], damage.Ranges);
        Assert.Contains("not readable: ", damage.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollback_and_a_copy_keep_the_block_sums()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        string? sums = Large(store).Blocks;
        Assert.Equal(4 * 8, sums?.Length);
        VersionManifest back = store.PublishRollback(Some.Rollback(2, 1), []);
        Assert.Equal(sums, back.Files.Single(file => file.Name == "large.bin").Blocks);
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
        byte[] newer = System.Text.Encoding.UTF8.GetBytes(File.ReadAllText(path).Replace("\"format\": 1", "\"format\": 3", StringComparison.Ordinal));
        File.WriteAllBytes(path, newer);
        File.WriteAllText(Path.Combine(directory.Versions, "v000001", "manifest.sha256"),
            $"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(newer))}  manifest.json\n");
        UnknownManifestFormatException fault = Assert.Throws<UnknownManifestFormatException>(() => Open(directory));
        Assert.Contains("format 3", fault.Message, StringComparison.Ordinal);
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

    /// <summary>A version with a file of four blocks, the last of them short.</summary>
    private static VersionFile Large(VersionStore store)
    {
        byte[] content = new byte[3 * Mebibyte + 500];
        new Random(7).NextBytes(content);
        VersionManifest manifest = store.Publish(Some.Draft(1), Some.Snapshot(), [Some.Replay(), new ExtraFile("large.bin", stream => stream.Write(content))]);
        return manifest.Files.Single(file => file.Name == "large.bin");
    }
}
