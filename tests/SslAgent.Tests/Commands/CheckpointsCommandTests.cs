using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SslAgent.Checkpoints;
using SslAgent.Commands;
using SslAgent.Domain;
using SslAgent.Storage;
using SslAgent.Tests.Commands.Support;

namespace SslAgent.Tests.Commands;

public sealed class CheckpointsCommandTests
{
    [Fact]
    public async Task List_shows_the_newest_first_with_verdicts_and_pointers()
    {
        using StoreOnDisk store = new();

        (int code, string output, string error) = await Sslagent.RunAsync("checkpoints", "list", "--state", store.Root);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Empty(error);
        string[] lines = [.. output.Split('\n').Where(line => line.Contains("cycle"))];
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^ *v3 .*rejected.*cycle 3.*v2", lines[0]);
        Assert.Matches(@"^ *v1 .*promoted.*HEAD, SERVING", lines[2]);
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public async Task List_as_json_is_for_programs()
    {
        using StoreOnDisk store = new();

        JsonElement list = await JsonOf("checkpoints", "list", "--count", "2", "--state", store.Root, "-o", "json");

        Assert.Equal(["v3", "v2"], list.EnumerateArray().Select(version => version.GetProperty("version").GetString()));
        Assert.Equal("hold", list[1].GetProperty("verdict").GetString());
        Assert.False(list[0].GetProperty("serving").GetBoolean());
        Assert.True(list[0].GetProperty("bytes").GetInt64() > 0);
    }

    [Fact]
    public async Task Show_says_why_a_version_was_judged_as_it_was()
    {
        using StoreOnDisk store = new();

        (int code, string output, _) = await Sslagent.RunAsync("checkpoints", "show", "v3", "--state", store.Root);
        JsonElement json = await JsonOf("checkpoints", "show", "SERVING", "--state", store.Root, "-o", "json");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("rejected by forgetting: mae loss, era 0 0.71 against 0.55", output);
        Assert.Contains("model.safetensors", output);
        Assert.True(json.GetProperty("serving").GetBoolean());
        Assert.Equal("v1", json.GetProperty("manifest").GetProperty("version").GetString());
    }

    [Fact]
    public async Task Matrix_shows_what_the_line_knew_of_each_era_and_draws_it()
    {
        using StoreOnDisk store = new();
        string picture = Path.Combine(store.Root, "matrix.png");

        (int code, string output, _) = await Sslagent.RunAsync("checkpoints", "matrix", "--of", "v2", "--png", picture, "--state", store.Root);
        JsonElement json = await JsonOf("checkpoints", "matrix", "--of", "v3", "--state", store.Root, "-o", "json");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Matches(@"0 +0\.600 +0\.580", output);
        Assert.Contains("average forgetting", output);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(picture).Take(4));
        Assert.Equal(["v1", "v2", "v3"], json.GetProperty("versions").EnumerateArray().Select(version => version.GetString()));
        Assert.Equal(0.71, json.GetProperty("cells")[2].GetProperty("loss").GetDouble());
        Assert.Equal("mae", json.GetProperty("summary")[0].GetProperty("objective").GetString());
    }

    [Fact]
    public async Task Diff_says_what_changed_and_with_weights_how_far_they_moved()
    {
        using StoreOnDisk store = new();

        JsonElement json = await JsonOf("checkpoints", "diff", "v1", "v2", "--weights", "--state", store.Root, "-o", "json");
        (int code, string output, _) = await Sslagent.RunAsync("checkpoints", "diff", "1", "2", "--weights", "--state", store.Root);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(1000, json.GetProperty("recordsBetween").GetInt64());
        Assert.False(json.GetProperty("sameWeights").GetBoolean());
        Assert.Equal("encoder.weight", Assert.Single(json.GetProperty("tensors").EnumerateArray()).GetProperty("name").GetString());
        Assert.Contains("learningRate: 1e-3 → 2e-3", output);
        Assert.Contains("-0.0200", output);
    }

    [Fact]
    public async Task Verify_exits_1_and_names_the_damaged_bytes_of_a_file()
    {
        using StoreOnDisk store = new();
        (int sound, string before, _) = await Sslagent.RunAsync("checkpoints", "verify", "--state", store.Root);
        string path = store.FileOf(2, "model.safetensors");
        byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        (int damaged, string after, _) = await Sslagent.RunAsync("checkpoints", "verify", "--state", store.Root);
        (int other, _, _) = await Sslagent.RunAsync("checkpoints", "verify", "v1", "HEAD", "--state", store.Root);

        Assert.Equal((ExitCode.Ok, ExitCode.Failed, ExitCode.Ok), (sound, damaged, other));
        Assert.Contains("3 versions, all sound", before);
        Assert.Contains("v2: DAMAGED", after);
        Assert.Contains($"model.safetensors: bytes 0 to {bytes.Length} are not what was written; sha256 ", after);
    }

    [Fact]
    public async Task Verify_names_every_damaged_range_of_a_large_file_and_no_more()
    {
        const int Mebibyte = 1 << 20;
        using StoreOnDisk store = new();
        byte[] content = new byte[5 * Mebibyte + 3];
        new Random(1).NextBytes(content);
        StoreOnDisk.Publish(store.Open(), 4, new ModelVersion(1), VerdictKind.Promote, 0.5, new ExtraFile("large.bin", stream => stream.Write(content)));
        string path = store.FileOf(4, "large.bin");
        foreach (int at in new[] { 5, 2 * Mebibyte, 3 * Mebibyte + 17, content.Length - 1 }) content[at] ^= 0x40;
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);

        (int code, string output, _) = await Sslagent.RunAsync("checkpoints", "verify", "v4", "--state", store.Root);
        (_, string json, _) = await Sslagent.RunAsync("checkpoints", "verify", "v4", "--state", store.Root, "-o", "json");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("large.bin: bytes 0 to 1048576, 2097152 to 4194304, 5242880 to 5242883 are not what was written", output);
        JsonElement damage = Assert.Single(JsonDocument.Parse(json).RootElement[0].GetProperty("damages").EnumerateArray());
        Assert.Equal(
            [(0, 1048576), (2097152, 4194304), (5242880, 5242883)],
            damage.GetProperty("ranges").EnumerateArray().Select(range => (range.GetProperty("from").GetInt64(), range.GetProperty("to").GetInt64())));
    }

    /// <summary>As a release before the block sums wrote it: its files have one sum each.</summary>
    [Fact]
    public async Task Verify_reads_a_version_without_block_sums_and_says_that_it_cannot_tell_where_the_damage_is()
    {
        using StoreOnDisk store = new();
        string manifest = store.FileOf(2, "manifest.json"), model = store.FileOf(2, "model.safetensors");
        JsonNode old = JsonNode.Parse(await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken))!;
        foreach (JsonNode? file in old["files"]!.AsArray()) Assert.True(file!.AsObject().Remove("blocks"));
        byte[] written = Encoding.UTF8.GetBytes(old.ToJsonString());
        await File.WriteAllBytesAsync(manifest, written, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            store.FileOf(2, "manifest.sha256"), $"{Convert.ToHexStringLower(SHA256.HashData(written))}  manifest.json\n", TestContext.Current.CancellationToken);
        (int sound, _, _) = await Sslagent.RunAsync("checkpoints", "verify", "--state", store.Root);
        byte[] bytes = await File.ReadAllBytesAsync(model, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(model, bytes, TestContext.Current.CancellationToken);

        (int damaged, string output, _) = await Sslagent.RunAsync("checkpoints", "verify", "--state", store.Root);

        Assert.Equal((ExitCode.Ok, ExitCode.Failed), (sound, damaged));
        Assert.Matches(@"model\.safetensors: sha256 [0-9a-f]{64}, the manifest names [0-9a-f]{64}; which bytes cannot be told", output);
    }

    [Fact]
    public async Task Verify_finds_versions_too_damaged_to_be_listed()
    {
        using StoreOnDisk store = new();
        File.Delete(store.FileOf(2, "manifest.json"));

        (int code, string output, string error) = await Sslagent.RunAsync("checkpoints", "verify", "--state", store.Root);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("v2: DAMAGED", output);
        Assert.Contains("note: Version v2 is damaged", error);
    }

    [Fact]
    public async Task Pin_holds_a_version_against_prune_until_it_is_unpinned()
    {
        using StoreOnDisk store = new();
        StoreOnDisk.Publish(store.Open(), 4, new ModelVersion(1), VerdictKind.Promote, 0.5);
        string[] tight = ["--state", store.Root, "--set", "checkpoints:keepLast=1", "--set", "checkpoints:keepPromoted=1", "--set", "audit:horizon=1", "-o", "json"];

        JsonElement pin = await JsonOf("checkpoints", "pin", "v2", "--reason", "audited", "--state", store.Root, "-o", "json");
        JsonElement held = await JsonOf(["checkpoints", "prune", "--dry-run", .. tight]);
        JsonElement unpin = await JsonOf("checkpoints", "unpin", "v2", "--state", store.Root, "-o", "json");
        JsonElement plan = await JsonOf(["checkpoints", "prune", "--dry-run", .. tight]);
        Assert.NotNull(store.Open().Find(new ModelVersion(2)));
        JsonElement done = await JsonOf(["checkpoints", "prune", .. tight]);

        Assert.True(pin.GetProperty("changed").GetBoolean());
        Assert.Equal(["v3"], Names(held));
        Assert.True(unpin.GetProperty("changed").GetBoolean());
        Assert.Equal(["v2", "v3"], Names(plan));
        Assert.Equal(["v2", "v3"], Names(done));
        Assert.Null(store.Open().Find(new ModelVersion(2)));

        static string[] Names(JsonElement answer) => [.. answer.GetProperty("deleted").EnumerateArray().Select(version => version.ToString())];
    }

    [Fact]
    public async Task Prune_is_refused_while_another_process_holds_the_state()
    {
        using StoreOnDisk store = new();
        using LockFile held = LockFile.Take(Path.Combine(store.Root, "lock"), "sslagent run", TimeProvider.System);

        (int code, _, string error) = await Sslagent.RunAsync("checkpoints", "prune", "--state", store.Root);

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains("in use by sslagent run", error);
    }

    [Fact]
    public async Task Export_copies_what_uses_the_encoders_and_only_into_an_empty_directory()
    {
        using StoreOnDisk store = new();
        string to = Path.Combine(store.Root, "exported");

        (int code, _, _) = await Sslagent.RunAsync("checkpoints", "export", "SERVING", to, "--state", store.Root);
        (int again, _, string error) = await Sslagent.RunAsync("checkpoints", "export", "SERVING", to, "--state", store.Root);

        Assert.Equal((ExitCode.Ok, ExitCode.Refused), (code, again));
        Assert.Contains("not empty", error);
        Assert.Equal(
            ["manifest.json", "manifest.sha256", "model.json", "model.safetensors", "tokenizer.json"],
            Directory.GetFiles(to).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(ExitCode.Refused, "no version v9", "show", "v9")]
    [InlineData(ExitCode.Usage, "'newest' is no version", "show", "newest")]
    [InlineData(ExitCode.Usage, "'x' is no version", "verify", "x")]
    [InlineData(ExitCode.Usage, "frames/0/9-3", "rollback", "v1", "--deny", "frames/0/9-3")]
    [InlineData(ExitCode.Usage, "goes with --replay rewind", "rollback", "v1", "--deny", "frames/0/3-9")]
    public async Task A_wrong_word_is_refused_with_what_to_write(int expected, string says, params string[] args)
    {
        using StoreOnDisk store = new();

        (int code, string output, string error) = await Sslagent.RunAsync(["checkpoints", .. args, "--state", store.Root]);

        Assert.Equal(expected, code);
        Assert.Empty(output);
        Assert.Contains(says, error);
    }

    [Fact]
    public async Task Where_there_is_no_store_it_says_so_and_makes_none()
    {
        string nowhere = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        (int code, _, string error) = await Sslagent.RunAsync("checkpoints", "list", "--state", nowhere);

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains($"no versions in {nowhere}", error);
        Assert.False(Directory.Exists(nowhere));
    }

    private static async Task<JsonElement> JsonOf(params string[] args)
    {
        (int code, string output, string error) = await Sslagent.RunAsync(args);
        Assert.True(code == ExitCode.Ok, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
