using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Storage;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class SaveQueueTests
{
    private static readonly CheckpointOptions Options = new() { KeepLast = 3, KeepPromoted = 3, KeepTrainingState = 2 };

    private static SaveQueue Start(VersionStore store, TimeProvider? time = null) => new(store, Options, Options.Retention(auditHorizon: 0), time ?? TimeProvider.System, NullLogger.Instance);

    [Fact]
    public async Task Saves_are_published_in_order_with_pointers_moved_and_snapshots_given_back()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        using SaveQueue queue = Start(store);
        Snapshot[] snapshots = [.. Enumerable.Range(1, 8).Select(version => Some.Snapshot(version))];
        Task<VersionManifest>[] saves =
        [
            .. snapshots.Select((snapshot, i) => queue.PublishAsync(Some.Draft(i + 1, i > 0 ? i : null), snapshot, [Some.Replay()])),
        ];
        VersionManifest[] manifests = await Task.WhenAll(saves);
        Assert.Equal(Enumerable.Range(1, 8), manifests.Select(manifest => manifest.Version.Number));
        Assert.All(snapshots, snapshot => Assert.Equal(1, snapshot.Disposals));
        Assert.Equal((V(8), V(8)), (store.Head, store.Serving));
        Assert.Equal([8, 7, 6], store.List().Select(manifest => manifest.Version.Number));
        Assert.Null(queue.Fault);
        VersionManifest back = await queue.PublishRollbackAsync(Some.Rollback(9, 7), [Some.Replay()]);
        Assert.Equal((V(9), V(9)), (store.Head, back.Version));
    }

    [Fact]
    public async Task A_third_save_waits_for_a_place_and_can_be_called_off()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        using SaveQueue queue = Start(store);
        using ManualResetEventSlim gate = new();
        ExtraFile slow = new("replay.bin", _ => gate.Wait(TestContext.Current.CancellationToken));
        Task<VersionManifest> first = queue.PublishAsync(Some.Draft(1), Some.Snapshot(1), [slow]);
        Task<VersionManifest> second = queue.PublishAsync(Some.Draft(2, 1), Some.Snapshot(2), []);
        using CancellationTokenSource calledOff = new();
        Snapshot third = Some.Snapshot(3);
        Task<VersionManifest> waiting = queue.PublishAsync(Some.Draft(3, 2), third, [], calledOff.Token);
        Assert.False(waiting.IsCompleted);
        await calledOff.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, third.Disposals);
        gate.Set();
        await Task.WhenAll(first, second);
        Assert.Equal(V(4), (await queue.PublishAsync(Some.Draft(4, 2), Some.Snapshot(4), [])).Version);
    }

    [Fact]
    public async Task A_full_disk_delays_the_save_and_says_so_until_there_is_room()
    {
        using TemporaryDirectory directory = new();
        FailingDisk disk = new(LocalDisk.Instance);
        VersionStore store = Open(directory, disk);
        store.Add(1);
        HandTime time = new();
        using SaveQueue queue = Start(store, time);
        disk.FailAt = disk.Changes + 6;
        Task<VersionManifest> save = queue.PublishAsync(Some.Draft(2, 1), Some.Snapshot(2), [Some.Replay()]);
        Assert.Equal(TimeSpan.FromSeconds(2), await time.NextPauseAsync());
        Assert.Contains("fails", queue.Fault, StringComparison.Ordinal);
        Assert.Equal((V(1), V(1)), (store.Head, store.Serving));
        time.FirePause();
        Assert.Equal(TimeSpan.FromSeconds(4), await time.NextPauseAsync());
        disk.Mend();
        time.FirePause();
        Assert.Equal(V(2), (await save).Version);
        Assert.Null(queue.Fault);
        Assert.True(store.Verify(V(2), default).IsSound);
    }

    [Fact]
    public async Task Ending_finishes_the_save_in_flight_and_cancels_what_waits()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        SaveQueue queue = Start(store);
        using ManualResetEventSlim entered = new(), gate = new();
        ExtraFile slow = new("replay.bin", _ =>
        {
            entered.Set();
            gate.Wait(TestContext.Current.CancellationToken);
        });
        Task<VersionManifest> first = queue.PublishAsync(Some.Draft(1), Some.Snapshot(1), [slow]);
        Snapshot waitingSnapshot = Some.Snapshot(2);
        Task<VersionManifest> waiting = queue.PublishAsync(Some.Draft(2, 1), waitingSnapshot, []);
        entered.Wait(TestContext.Current.CancellationToken);
        // A third has no place to wait in: that it is called off tells that the end has begun.
        Task<VersionManifest> third = queue.PublishAsync(Some.Draft(3, 2), Some.Snapshot(3), []);
        Task ending = Task.Run(queue.Dispose, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        gate.Set();
        await ending;
        Assert.Equal(V(1), (await first).Version);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, waitingSnapshot.Disposals);
        Assert.Equal([V(1)], Open(directory).List().Select(manifest => manifest.Version));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.PublishAsync(Some.Draft(4), Some.Snapshot(4), []));
    }

    [Fact]
    public async Task Ending_while_the_disk_fails_does_not_hang()
    {
        using TemporaryDirectory directory = new();
        FailingDisk disk = new(LocalDisk.Instance);
        VersionStore store = Open(directory, disk);
        HandTime time = new();
        SaveQueue queue = Start(store, time);
        disk.FailAt = disk.Changes + 1;
        Task<VersionManifest> save = queue.PublishAsync(Some.Draft(1), Some.Snapshot(1), []);
        await time.NextPauseAsync();
        queue.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save);
    }

    [Fact]
    public async Task A_fault_that_repeating_cannot_help_is_the_callers_to_see_and_the_next_save_goes_on()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        using SaveQueue queue = Start(store);
        await queue.PublishAsync(Some.Draft(1), Some.Snapshot(1), []);
        Snapshot other = Some.Snapshot(99);
        Task<VersionManifest> conflict = queue.PublishAsync(Some.Draft(1), other, []);
        await queue.DrainAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<VersionConflictException>(() => conflict);
        Assert.Equal(1, other.Disposals);
        Assert.Contains("v1", queue.Fault, StringComparison.Ordinal);
        Assert.Equal(V(2), (await queue.PublishAsync(Some.Draft(2, 1), Some.Snapshot(2), [])).Version);
        Assert.Null(queue.Fault);
    }
}
