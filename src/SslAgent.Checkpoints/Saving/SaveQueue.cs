using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// Saves versions behind the training's back, on one thread of its own: publish, then pointers, then retention, always in this order and
/// one version after the other. One save is in flight and one may wait; whoever brings a third waits. A failing disk delays: the save is
/// repeated with growing pauses, <see cref="Fault"/> says so, and nothing that is listed is touched. Any other fault fails that save's
/// task. Safe to call from any thread. Disposing ends it; a save in flight is finished first unless its disk is failing.
/// </summary>
public sealed class SaveQueue : IDisposable
{
    private const int Capacity = 2;

    private readonly VersionStore _store;
    private readonly CheckpointOptions _options;
    private readonly RetentionPolicy _retention;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // Callers wait for a place; the worker gives it back when a save is over, so the collection never holds more than it may.
    private readonly SemaphoreSlim _places = new(Capacity, Capacity);
    private readonly BlockingCollection<SaveJob> _jobs = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _worker;

    // Tasks of saves that have not ended; its own lock.
    private readonly HashSet<Task> _open = [];

    // Written by the worker, read by anyone.
    private volatile string? _fault;

    /// <param name="retention">What is kept after each save.</param>
    public SaveQueue(VersionStore store, CheckpointOptions options, RetentionPolicy retention, TimeProvider time, ILogger log)
    {
        (_store, _options, _retention, _time, _log) = (store, options, retention, time, log);
        _worker = new Thread(Work) { Name = "checkpoint-saver", IsBackground = true };
        _worker.Start();
    }

    /// <summary>Why the last attempt to save failed, or null while all is well.</summary>
    public string? Fault => _fault;

    /// <summary>
    /// Saves a cycle's version and moves the pointers as its verdict says. The snapshot belongs to the queue from here on, which disposes
    /// it when the save is over, however it ends. The task ends when the version is published and the pointers have moved; it is cancelled
    /// where the queue ends first, and the journal then has what is needed to publish it after the next start.
    /// </summary>
    public Task<VersionManifest> PublishAsync(
        VersionDraft draft, IModelSnapshot snapshot, IReadOnlyList<ExtraFile> extras, CancellationToken cancellation = default) =>
        EnqueueAsync(new SaveJob(draft.Version, () => _store.Publish(draft, snapshot, extras), snapshot), cancellation);

    /// <summary>Publishes a rollback after all saves before it, and moves the pointers.</summary>
    public Task<VersionManifest> PublishRollbackAsync(
        RollbackDraft draft, IReadOnlyList<ExtraFile> extras, CancellationToken cancellation = default) =>
        EnqueueAsync(new SaveJob(draft.Version, () => _store.PublishRollback(draft, extras), Owned: null), cancellation);

    /// <summary>Ends when every save that was brought before has ended, well or not.</summary>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        Task[] open;
        lock (_open) open = [.. _open];
        await Task.WhenAll(open).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        if (_stopping.IsCancellationRequested) return;
        _stopping.Cancel();
        _jobs.CompleteAdding();
        _worker.Join();
        while (_jobs.TryTake(out SaveJob? job)) job.Cancel();
        _jobs.Dispose();
        _places.Dispose();
        _stopping.Dispose();
    }

    private async Task<VersionManifest> EnqueueAsync(SaveJob job, CancellationToken cancellation)
    {
        lock (_open) _open.Add(job.Task);
        try
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
            await _places.WaitAsync(either.Token);
            _jobs.Add(job, CancellationToken.None);
        }
        catch (Exception fault) when (fault is OperationCanceledException or InvalidOperationException)
        {
            // The caller or the queue ended while waiting for a place; a queue that has ended takes nothing.
            job.Cancel();
        }
        try
        {
            return await job.Task;
        }
        finally
        {
            lock (_open) _open.Remove(job.Task);
        }
    }

    private void Work()
    {
        while (TryTake(out SaveJob? job))
        {
            Save(job);
            _places.Release();
        }
    }

    private bool TryTake([NotNullWhen(true)] out SaveJob? job)
    {
        try
        {
            job = _jobs.Take(_stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            job = null;
            return false;
        }
    }

    /// <summary>A loop's edge: a fault that no repetition helps ends this save, is logged, and is the caller's to see.</summary>
    private void Save(SaveJob job)
    {
        try
        {
            VersionManifest manifest = Repeated(job);
            _fault = null;
            job.Succeed(manifest);
        }
        catch (OperationCanceledException)
        {
            job.Cancel();
        }
        catch (Exception fault)
        {
            CheckpointsLog.SaveGivenUp(_log, job.Version, fault);
            _fault = fault.Message;
            job.Fail(fault);
        }
    }

    private VersionManifest Repeated(SaveJob job)
    {
        TimeSpan pause = _options.SaveRetry;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                VersionManifest manifest = job.Publish();
                _store.MovePointers(manifest.Version);
                Prune();
                return manifest;
            }
            catch (StorageException fault)
            {
                CheckpointsMetrics.SaveFailed();
                CheckpointsLog.SaveFailed(_log, job.Version, attempt, pause, fault);
                _fault = fault.Message;
            }
            Pause(pause);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.SaveRetryMax.Ticks));
        }
    }

    /// <summary>Retention is housekeeping: the save before it stands whatever happens here.</summary>
    private void Prune()
    {
        try
        {
            _store.Prune(_retention);
        }
        catch (IOException fault)
        {
            CheckpointsLog.PruneFailed(_log, fault);
        }
    }

    private void Pause(TimeSpan pause)
    {
        // Not disposed: the timer may fire while this leaves, and without a wait handle there is nothing to give back.
        ManualResetEventSlim over = new();
        using ITimer timer = _time.CreateTimer(static state => ((ManualResetEventSlim)state!).Set(), over, pause, Timeout.InfiniteTimeSpan);
        over.Wait(_stopping.Token);
    }
}
