using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class RetentionTests(ITestOutputHelper output)
{
    [Fact]
    public void Old_versions_go_and_numbers_stay_taken()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        for (int version = 1; version <= 10; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        store.Pin(V(2), "shown to the customer");
        PruneReport plan = store.PlanPrune(new RetentionPolicy(3, 4, 2, long.MaxValue));
        PruneReport done = store.Prune(new RetentionPolicy(3, 4, 2, long.MaxValue));
        Assert.Equal(plan.Deleted, done.Deleted);
        Assert.Equal([10, 9, 8, 7, 2], store.List().Select(manifest => manifest.Version.Number));
        Assert.Equal([10, 9, 2], store.List().Where(manifest => manifest.HasTrainingState).Select(manifest => manifest.Version.Number));
        Assert.All(store.List(), manifest => Assert.True(store.Verify(manifest.Version, default).IsSound));
        Assert.False(File.Exists(Path.Combine(directory.Versions, "v000007", "training.safetensors")));
        Assert.True(done.BytesFreed > 0);

        VersionStore again = Open(directory);
        Assert.Empty(again.Findings);
        Assert.Equal("shown to the customer", again.PinnedVersions()[V(2)]);
        Assert.Equal(V(11), again.ReserveNumber());
        using IStoredModel old = again.Open(V(7));
        Assert.Empty(old.ReadTraining());
        Assert.NotEmpty(old.ReadModel());
        Assert.True(again.Unpin(V(2)));
        Assert.False(again.Unpin(V(2)));
        Assert.Equal([V(2)], again.Prune(new RetentionPolicy(3, 4, 2, long.MaxValue)).Deleted);
    }

    [Fact]
    public void A_retention_that_failed_at_any_step_is_finished_by_the_next_one()
    {
        RetentionPolicy policy = new(3, 1, 1, long.MaxValue);
        for (int step = 1; ; step++)
        {
            SimulatedDisk disk = new();
            VersionStore store = VersionStore.Open(disk, "/versions", StoreAccess.ReadWrite, TimeProvider.System, NullLogger.Instance);
            for (int version = 1; version <= 6; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
            disk.FailAt = disk.Trace.Count + step;
            try
            {
                store.Prune(policy);
                Assert.True(step > 10, $"only {step} steps");
                return;
            }
            catch (StorageException)
            {
                store.Prune(policy);
            }

            Assert.Equal([6, 5, 4], store.List().Select(manifest => manifest.Version.Number));
            Assert.All(store.List(), manifest => Assert.Equal(
                manifest.HasTrainingState, disk.FileExists($"/versions/v{manifest.Version.Number:D6}/training.safetensors")));
            Assert.All([1, 2, 3], version => Assert.False(disk.DirectoryExists($"/versions/v{version:D6}")));
        }
    }

    [Fact]
    public void Where_no_manifests_are_kept_nothing_of_a_deleted_version_stays()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        for (int version = 1; version <= 4; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        store.Prune(new RetentionPolicy(1, 1, 1, long.MaxValue) { KeepManifests = 0 });
        Assert.Equal([4, 3], store.List().Select(manifest => manifest.Version.Number));
        Assert.Null(store.FindEvenPruned(V(1)));
        Assert.False(Directory.Exists(Path.Combine(directory.Versions, "pruned")));
    }

    [Fact]
    public void The_newest_version_stays_though_it_was_rejected_so_its_number_is_not_given_again()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        for (int version = 2; version <= 6; version++) store.Add(version, 1, VerdictKind.Reject);
        store.Prune(new RetentionPolicy(1, 1, 1, 1));
        Assert.Equal([6, 1], store.List().Select(manifest => manifest.Version.Number));
        Assert.Equal(V(7), Open(directory).ReserveNumber());
    }

    [Fact]
    public void Beyond_the_byte_limit_the_oldest_unprotected_go_whatever_the_counts_say()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        for (int version = 1; version <= 8; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        long each = store.Read(V(8)).Files.Sum(file => file.Bytes);
        store.Prune(new RetentionPolicy(100, 100, 100, 4 * each + 10));
        Assert.Equal([8, 7, 6, 5], store.List().Select(manifest => manifest.Version.Number));
        store.Prune(new RetentionPolicy(100, 100, 100, 1));
        Assert.Equal([8, 7], store.List().Select(manifest => manifest.Version.Number));
    }

    [Fact]
    public void What_pointers_parents_pins_and_unfinished_work_name_is_never_deleted()
    {
        const int Seed = 7;
        output.WriteLine($"seed {Seed}");
        Philox chance = new(new DrawKey(Seed, 0, 0, ChanceStream.Test));
        for (int round = 0; round < 2000; round++)
        {
            int count = 1 + chance.NextInt(30);
            List<VersionManifest> versions = [];
            for (int version = 1; version <= count; version++)
            {
                int? parent = version == 1 ? null : 1 + chance.NextInt(version - 1);
                versions.Add(Manifest(version, parent, (VerdictKind)chance.NextInt(3)));
            }
            ModelVersion head = V(1 + chance.NextInt(count)), serving = V(1 + chance.NextInt(count));
            ModelVersion pinned = V(1 + chance.NextInt(count)), promoted = V(1 + chance.NextInt(count));
            Protected keep = new(head, serving, promoted, new HashSet<ModelVersion> { pinned });
            RetentionPolicy policy = new(1 + chance.NextInt(10), 1 + chance.NextInt(10), 1 + chance.NextInt(5), 1 + chance.NextInt(30_000));
            PruneReport report = Retention.Decide(versions, keep, policy);

            ModelVersion?[] whole =
            [
                head, serving, promoted, pinned, V(count), versions[head.Number - 1].Parent, versions[serving.Number - 1].Parent,
            ];
            foreach (ModelVersion? version in whole)
                Assert.True(version is not { } v || (!report.Deleted.Contains(v) && !report.TrainingDropped.Contains(v)), $"{version} in round {round}");
            Assert.Empty(report.Deleted.Intersect(report.TrainingDropped));
            Assert.Equal(report.Deleted.Order(), report.Deleted);
        }
    }

    [Fact]
    public void A_pin_that_comes_while_the_version_is_being_taken_away_is_honoured()
    {
        using TemporaryDirectory directory = new();
        FailingDisk disk = new(Storage.LocalDisk.Instance);
        VersionStore store = Open(directory, disk);
        for (int version = 1; version <= 4; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        VersionStore command = Open(directory, access: StoreAccess.ReadOnly);
        disk.Watch = call =>
        {
            if (!call.EndsWith("/v000001", StringComparison.Ordinal)) return;
            disk.Watch = null;
            command.Pin(V(1), "at the last moment");
        };
        PruneReport report = store.Prune(new RetentionPolicy(1, 1, 1, long.MaxValue));
        Assert.Equal([V(2)], report.Deleted);
        Assert.True(store.Verify(V(1), default).IsSound);
        Assert.True(Open(directory).Holds(1));
    }

    [Fact]
    public void What_a_deleted_version_said_of_itself_is_kept_so_many_times_and_believed_only_unharmed()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        for (int version = 1; version <= 6; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        VersionManifest[] before = [.. store.List()];
        store.Prune(new RetentionPolicy(1, 1, 1, long.MaxValue) { KeepManifests = 3 });
        Assert.Equal([V(6), V(5)], store.List().Select(manifest => manifest.Version));
        VersionStore found = Open(directory);
        Assert.Equal([V(6), V(5), V(4), V(3), V(2)], before.Where(manifest => found.FindEvenPruned(manifest.Version) is not null).Select(manifest => manifest.Version));
        Assert.Equal(ManifestJson.Write(before.Single(manifest => manifest.Version == V(3))), ManifestJson.Write(Assert.IsType<VersionManifest>(found.FindEvenPruned(V(3)))));
        Assert.Null(Open(directory).Find(V(3)));

        string file = Path.Combine(store.Directory, "pruned", "v000003");
        byte[] harmed = File.ReadAllBytes(file);
        harmed[harmed.Length / 2] ^= 1;
        File.WriteAllBytes(file, harmed);
        Assert.Null(found.FindEvenPruned(V(3)));
    }

    private static VersionManifest Manifest(int version, int? parent, VerdictKind verdict) => new(
        V(version), parent is { } p ? V(p) : null, null, VersionKind.Cycle, "l", DateTimeOffset.UnixEpoch, new CycleNumber(version), 1, version, [],
        new Verdict(verdict, []), ProbeReport.Empty, null, "raw", "d", default, "f", true, null,
        [new VersionFile("model.safetensors", 1000, ""), new VersionFile("training.safetensors", 3000, "")]);
}
