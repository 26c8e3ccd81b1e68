using System.Diagnostics;
using System.Text;
using SslAgent.Domain;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class PublishTests
{
    [Fact]
    public void A_published_version_gives_back_what_was_saved_also_after_reopening()
    {
        using TemporaryDirectory directory = new();
        Open(directory).Add(1);
        VersionStore store = Open(directory);
        Assert.Empty(store.Findings);
        using IStoredModel stored = store.Open(V(1));
        Snapshot saved = Some.Snapshot(1);
        Assert.Equal(saved.Model.Select(tensor => tensor.Name).Order(), stored.ReadModel().Keys.Order());
        foreach (TensorBytes tensor in saved.Model) Assert.Equal(tensor.Data.ToArray(), stored.ReadModel()[tensor.Name].Data.ToArray());
        foreach (TensorBytes tensor in saved.Training) Assert.Equal(tensor.Data.ToArray(), stored.ReadTraining()[tensor.Name].Data.ToArray());
        Assert.Equal("{\"step\":12}", Encoding.UTF8.GetString(stored.ReadFile("learner.json")!));
        Assert.Equal("replay state", Encoding.UTF8.GetString(stored.ReadFile("replay.bin")!));
        Assert.Null(stored.ReadFile("nothing"));
        Assert.True(store.Verify(V(1), default).IsSound);
    }

    [Fact]
    public void A_manifest_survives_its_bytes_field_by_field()
    {
        using TemporaryDirectory directory = new();
        VersionManifest written = Open(directory).Add(3);
        VersionManifest read = Open(directory).Read(V(3));
        Assert.Equal(ManifestJson.Write(written), ManifestJson.Write(read));
        Assert.Equal(1000L * 3, read.JournalPosition);
        Assert.Equal("nano", read.Plan.GetProperty("model").GetProperty("preset").GetString());
        Assert.Equal([new SampleId(4711)], read.Report!.Quarantined);
        Assert.Equal(written.Probe.Eras, read.Probe.Eras);
        string json = File.ReadAllText(Path.Combine(directory.Versions, "v000003", "manifest.json"));
        Assert.StartsWith("{\n  \"format\": 1,\n  \"version\": \"v3\",", json, StringComparison.Ordinal);
        Assert.Contains("\"kind\": \"promote\"", json, StringComparison.Ordinal);
        Assert.Contains("4711", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_not_finite_survive_in_a_manifest()
    {
        using TemporaryDirectory directory = new();
        VerdictReason strange = new("finite", "mae loss, era 0", double.NaN, double.PositiveInfinity, "finite number", VerdictKind.Reject);
        VersionDraft draft = Some.Draft(1) with { Verdict = new Verdict(VerdictKind.Reject, [strange]) };
        Open(directory).Publish(draft, Some.Snapshot(), []);
        VerdictReason reason = Assert.Single(Open(directory).Read(V(1)).Verdict.Reasons);
        Assert.True(double.IsNaN(reason.Value) && double.IsPositiveInfinity(reason.Limit));
    }

    [Fact]
    public void The_same_number_with_the_same_weights_is_written_once_and_with_others_refused()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(directory.Versions, "v000001", "manifest.json"));
        store.Publish(Some.Draft(1), Some.Snapshot(1), [Some.Replay()]);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(directory.Versions, "v000001", "manifest.json")));
        VersionConflictException fault = Assert.Throws<VersionConflictException>(() => store.Publish(Some.Draft(1), Some.Snapshot(2), []));
        Assert.Contains("v1", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("manifest.json")]
    [InlineData("manifest.sha256")]
    public void A_damaged_version_is_replaced_when_it_is_published_again(string damaged)
    {
        using TemporaryDirectory directory = new();
        Open(directory).Add(1);
        Flip(Path.Combine(directory.Versions, "v000001", damaged), 40);
        VersionStore store = Open(directory);
        Assert.False(store.Verify(V(1), default).IsSound);
        store.Publish(Some.Draft(1), Some.Snapshot(1), [Some.Replay()]);
        Assert.True(Open(directory).Verify(V(1), default).IsSound);
        Assert.Equal(["HEAD", "SERVING", "v000001"], Directory.EnumerateFileSystemEntries(directory.Versions).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Names_that_leave_the_directory_or_belong_to_the_store_are_refused()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        foreach (string name in new[] { "../x", "a/b", "", "..", "manifest.json", "dropped.json", "model.safetensors" })
        {
            Assert.Throws<BrokenInvariantException>(() => store.Publish(Some.Draft(1), Some.Snapshot(), [new ExtraFile(name, _ => { })]));
            Assert.Empty(store.List());
        }
    }

    [Fact]
    public void A_version_without_moments_says_so()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        Assert.False(store.Publish(Some.Draft(1), Some.Snapshot(training: false), []).HasTrainingState);
        using IStoredModel stored = store.Open(V(1));
        Assert.Empty(stored.ReadTraining());
    }

    [Fact]
    public async Task Sha256sum_confirms_the_manifest()
    {
        const string Tool = "/usr/bin/sha256sum";
        Assert.SkipUnless(File.Exists(Tool), $"{Tool} is not installed");
        using TemporaryDirectory directory = new();
        Open(directory).Add(1);
        ProcessStartInfo start = new(Tool, ["-c", "manifest.sha256"])
        {
            WorkingDirectory = Path.Combine(directory.Versions, "v000001"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Assert.Equal("manifest.json: OK\n", await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Numbers_rise_are_never_given_twice_and_respect_the_journal()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        Assert.Equal((V(1), V(2)), (store.ReserveNumber(), store.ReserveNumber()));
        store.TakeNumber(V(9));
        Assert.Equal(V(10), store.ReserveNumber());
        store.Add(12);
        Assert.Equal(V(13), store.ReserveNumber());
        Assert.Equal(V(13), Open(directory).ReserveNumber());
    }

    [Fact]
    public void A_reader_may_look_but_not_write()
    {
        using TemporaryDirectory directory = new();
        Open(directory).Add(1);
        Directory.CreateDirectory(Path.Combine(directory.Versions, ".tmp-v000002"));
        VersionStore reader = Open(directory, access: StoreAccess.ReadOnly);
        Assert.Equal(V(1), reader.Head);
        Assert.True(Directory.Exists(Path.Combine(directory.Versions, ".tmp-v000002")));
        Assert.Throws<BrokenInvariantException>(() => reader.Add(2));
        Assert.Throws<BrokenInvariantException>(() => reader.MovePointers(V(1)));
        Assert.Throws<BrokenInvariantException>(() => reader.Prune(new RetentionPolicy(1, 1, 1, 1)));
    }
}
