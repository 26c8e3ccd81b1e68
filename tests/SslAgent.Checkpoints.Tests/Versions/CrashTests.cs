using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

/// <summary>
/// Everything that writes, stopped at each of its changing calls in turn, by a killed process and by power cuts that lose what was not
/// synced. Whatever n: what was there stays as it was, pointers name sound versions, and doing it again after a restart ends as if nothing
/// had happened.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const string Folder = "/state/versions";
    private const int PowerCuts = 6;
    private const int Seed = 20261121;

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
        SimulatedDisk counted = new();
        VersionStore store = Filled(counted);
        int before = counted.Trace.Count;
        act(store);
        int calls = counted.Trace.Count - before;
        output.WriteLine($"{calls} changing calls, each stopped, {PowerCuts} power cuts after each, seed {Seed}");
        Assert.InRange(calls, 25, 500);
        for (int n = 1; n <= calls; n++)
        {
            for (int cut = 0; cut <= PowerCuts; cut++) StopAt(n, cut, act, again);
        }
    }

    /// <summary>
    /// Cut 0 is a killed process, which loses nothing that was written; 1 loses all that was not synced; the others some of it.
    /// </summary>
    private static void StopAt(int n, int cut, Action<VersionStore> act, Action<VersionStore> again)
    {
        SimulatedDisk disk = new();
        VersionStore store = Filled(disk);
        disk.StopAt = disk.Trace.Count + n;
        Assert.Throws<DiskStoppedException>(() => act(store));
        SimulatedDisk found = cut switch { 0 => disk.AfterKill(), 1 => disk.AfterCrash(), _ => disk.AfterCrash(new Random(Seed + 1000 * n + cut)) };

        VersionStore after = Open(found);
        string where = $"stopped at {n}, {disk.Trace[^1]}, cut {cut}";
        Assert.True(after.Head >= V(4) && after.Serving >= V(4), where);
        Assert.All(after.List(), manifest => Assert.True(after.Verify(manifest.Version, default).IsSound, $"{manifest.Version}, {where}"));
        Assert.True(after.Find(V(4)) is not null || after.Head > V(4), where);
        again(after);

        VersionStore end = Open(found);
        Assert.Empty(end.Findings);
        Assert.Equal((V(5), V(5)), (end.Head, end.Serving));
        Assert.All(end.List(), manifest => Assert.True(end.Verify(manifest.Version, default).IsSound, where));
        Assert.All(end.List(), manifest => Assert.Equal(
            manifest.HasTrainingState, found.FileExists($"{Folder}/v{manifest.Version.Number:D6}/training.safetensors")));
        Assert.All(Enumerable.Range(1, 5), version => Assert.True(end.FindEvenPruned(V(version)) is not null, $"v{version}, {where}"));
        string[] expected = ["HEAD", "SERVING", "pruned", .. end.List().Reverse().Select(manifest => $"v{manifest.Version.Number:D6}")];
        Assert.Equal(expected, found.List(Folder).Select(entry => entry.Name));
        Assert.Equal(V(6), end.ReserveNumber());
    }

    private static VersionStore Open(IDisk disk) => VersionStore.Open(disk, Folder, StoreAccess.ReadWrite, TimeProvider.System, NullLogger.Instance);

    private static VersionStore Filled(IDisk disk)
    {
        VersionStore store = Open(disk);
        for (int version = 1; version <= 4; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        return store;
    }

    [Fact]
    public void A_store_that_failed_goes_on_by_itself_when_the_disk_is_back()
    {
        FailingDisk disk = new(new SimulatedDisk());
        VersionStore store = Filled(disk);
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
        List<string> calls = [];
        FailingDisk disk = new(new SimulatedDisk());
        VersionStore store = Filled(disk);
        disk.Watch = call => calls.Add(call.Replace(Folder, "", StringComparison.Ordinal));
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
