using SslAgent.Storage;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

/// <summary>
/// Everything that writes, stopped before each of its changing calls in turn. Whatever n: what was there stays as it was, pointers name sound
/// versions, and doing it again after a restart ends as if nothing had happened.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private static readonly RetentionPolicy Tight = new(3, 1, 1, long.MaxValue);

    private static void Cycle(VersionStore store, int version, int parent)
    {
        store.Publish(Some.Draft(version, parent), Some.Snapshot(version), [Some.Replay()]);
        store.MovePointers(V(version));
        store.Prune(Tight);
    }

    private static void Rollback(VersionStore store)
    {
        store.PublishRollback(Some.Rollback(5, 3), [Some.Replay("as at v3")]);
        store.MovePointers(V(5));
        store.Prune(Tight);
    }

    [Fact]
    public void A_save_stopped_at_any_point_loses_nothing_and_can_be_done_again() =>
        StopEverywhere(store => Cycle(store, 5, 4), recovered => Cycle(recovered, 5, 4));

    [Fact]
    public void A_rollback_stopped_at_any_point_loses_nothing_and_can_be_done_again() => StopEverywhere(Rollback, Rollback);

    private void StopEverywhere(Action<VersionStore> act, Action<VersionStore> again)
    {
        FailingDisk counted = new(LocalDisk.Instance);
        int calls;
        using (TemporaryDirectory directory = new())
        {
            VersionStore store = Filled(directory, counted);
            int before = counted.Changes;
            act(store);
            calls = counted.Changes - before;
        }
        output.WriteLine($"{calls} changing calls, each stopped once");
        Assert.InRange(calls, 25, 500);
        for (int n = 1; n <= calls; n++) StopAt(n, act, again);
    }

    private static void StopAt(int n, Action<VersionStore> act, Action<VersionStore> again)
    {
        using TemporaryDirectory directory = new();
        FailingDisk disk = new(LocalDisk.Instance);
        VersionStore store = Filled(directory, disk);
        disk.FailAt = disk.Changes + n;
        Assert.Throws<StorageException>(() => act(store));

        VersionStore after = Open(directory);
        Assert.NotNull(after.Head);
        Assert.NotNull(after.Serving);
        Assert.All(after.List(), manifest => Assert.True(after.Verify(manifest.Version, default).IsSound, $"{manifest.Version} after stopping at {n}"));
        Assert.True(after.Head >= V(4));
        again(after);

        VersionStore end = Open(directory);
        Assert.Equal((V(5), V(5)), (end.Head, end.Serving));
        Assert.All(end.List(), manifest => Assert.True(end.Verify(manifest.Version, default).IsSound));
        Assert.All(end.List(), manifest => Assert.Equal(
            manifest.HasTrainingState, File.Exists(Path.Combine(directory.Versions, $"v{manifest.Version.Number:D6}", "training.safetensors"))));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(directory.Versions, "*", SearchOption.AllDirectories), path => Path.GetFileName(path).StartsWith('.') || path.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.Equal(V(6), end.ReserveNumber());
    }

    private static VersionStore Filled(TemporaryDirectory directory, FailingDisk disk)
    {
        VersionStore store = Open(directory, disk);
        for (int version = 1; version <= 4; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        return store;
    }

    [Fact]
    public void A_store_that_failed_goes_on_by_itself_when_the_disk_is_back()
    {
        using TemporaryDirectory directory = new();
        FailingDisk disk = new(LocalDisk.Instance);
        VersionStore store = Filled(directory, disk);
        int changes = disk.Changes;
        for (int n = 1; n <= 40; n++)
        {
            disk.FailAt = changes + n;
            try
            {
                Cycle(store, 5, 4);
                break;
            }
            catch (StorageException)
            {
                disk.Mend();
                changes = disk.Changes;
            }
        }
        disk.Mend();
        Cycle(store, 5, 4);
        Assert.Equal((V(5), V(5)), (store.Head, store.Serving));
        Assert.True(store.Verify(V(5), default).IsSound);
    }

    [Fact]
    public void Bytes_are_durable_before_anything_names_them()
    {
        using TemporaryDirectory directory = new();
        List<string> calls = [];
        FailingDisk disk = new(LocalDisk.Instance);
        VersionStore store = Filled(directory, disk);
        disk.Watch = call => calls.Add(call.Replace(directory.Versions, "", StringComparison.Ordinal));
        Cycle(store, 5, 4);

        int renamed = calls.IndexOf("Rename /.tmp-v000005");
        foreach (string file in new[] { "model.safetensors", "training.safetensors", "learner.json", "replay.bin", "manifest.json", "manifest.sha256" })
        {
            int synced = calls.IndexOf($"Sync /.tmp-v000005/{file}");
            Assert.InRange(synced, 0, renamed);
            Assert.True(calls.LastIndexOf($"Write /.tmp-v000005/{file}") < synced, $"{file} is synced after its last write");
            if (!file.StartsWith("manifest", StringComparison.Ordinal)) Assert.True(synced < calls.IndexOf("Write /.tmp-v000005/manifest.json"));
        }
        Assert.Equal("SyncDirectory /.tmp-v000005", calls[renamed - 1]);
        Assert.Equal("SyncDirectory ", calls[renamed + 1]);
        int serving = calls.IndexOf("Rename /SERVING.tmp");
        int head = calls.IndexOf("Rename /HEAD.tmp");
        int pruned = calls.FindIndex(call => call.StartsWith("Rename /v", StringComparison.Ordinal));
        Assert.True(renamed + 1 < serving && serving < head && head < pruned, string.Join('\n', calls));
    }
}
