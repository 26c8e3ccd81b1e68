using System.Text;
using SslAgent.Domain;
using SslAgent.Storage;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class RollbackTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rollback_is_a_new_version_with_the_old_weights_and_its_own_replay_state(bool hasNoLinks)
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory, new FailingDisk(LocalDisk.Instance) { HasNoLinks = hasNoLinks });
        VersionManifest first = store.Add(1);
        store.Add(2, 1);
        VersionManifest back = store.PublishRollback(Some.Rollback(3, 1), [Some.Replay("dropped since v1")]);

        Assert.Equal((VersionKind.Rollback, V(1), V(1), "poisoned camera"), (back.Kind, back.Parent, back.RolledBackTo, back.Reason));
        Assert.Equal((first.WeightsDigest, 99_000L), (back.WeightsDigest, back.JournalPosition));
        Assert.True(store.Verify(V(3), default).IsSound);
        Assert.True(store.Holds(2));
        using IStoredModel stored = store.Open(V(3));
        Assert.Equal("dropped since v1", Encoding.UTF8.GetString(stored.ReadFile("replay.bin")!));
        Assert.Equal(Some.Snapshot(1).Model[0].Data.ToArray(), stored.ReadModel()[Some.Snapshot(1).Model[0].Name].Data.ToArray());
        Assert.Equal(3, stored.ReadTraining().Count);
    }

    [Fact]
    public void Shared_files_outlive_the_version_gone_back_to()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        for (int version = 2; version <= 5; version++) store.Add(version, version - 1);
        store.PublishRollback(Some.Rollback(6, 1), [Some.Replay()]);
        store.MovePointers(V(6));
        for (int version = 7; version <= 9; version++) store.Add(version, version - 1);
        store.Prune(new RetentionPolicy(4, 4, 4, long.MaxValue));
        Assert.False(store.Holds(1));
        Assert.True(store.Holds(6));
        Assert.True(store.Verify(V(6), default).IsSound);
    }

    [Fact]
    public void A_rejected_or_damaged_version_is_not_gone_back_to()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        store.Add(2, 1, VerdictKind.Reject);
        Assert.Contains("v2", Assert.Throws<ControlRefusedException>(() => store.PublishRollback(Some.Rollback(3, 2), [])).Message, StringComparison.Ordinal);
        Flip(Path.Combine(directory.Versions, "v000001", "model.safetensors"));
        VersionDamagedException fault = Assert.Throws<VersionDamagedException>(() => store.PublishRollback(Some.Rollback(3, 1), []));
        Assert.EndsWith("model.safetensors", fault.Path, StringComparison.Ordinal);
        Assert.Throws<UnknownVersionException>(() => store.PublishRollback(Some.Rollback(3, 77), []));
        Assert.Equal([V(2), V(1)], store.List().Select(manifest => manifest.Version));
    }

    [Fact]
    public void Repeating_a_rollback_is_a_no_op_and_its_number_takes_no_other()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        store.Add(2, 1);
        store.PublishRollback(Some.Rollback(3, 1), []);
        store.PublishRollback(Some.Rollback(3, 1), []);
        Assert.Throws<VersionConflictException>(() => store.PublishRollback(Some.Rollback(3, 2), []));
    }

    [Fact]
    public void A_rollback_to_a_version_without_moments_says_that_it_has_none()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        for (int version = 1; version <= 4; version++) store.Add(version, version - 1 is > 0 and var parent ? parent : null);
        store.Prune(new RetentionPolicy(10, 10, 1, long.MaxValue));
        Assert.False(store.Read(V(1)).HasTrainingState);
        VersionManifest back = store.PublishRollback(Some.Rollback(5, 1), []);
        Assert.False(back.HasTrainingState);
        Assert.True(store.Verify(V(5), default).IsSound);
    }
}
