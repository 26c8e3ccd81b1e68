using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>
/// Owns the embedder that is served and the one thread that uses it. Requests come from any thread, are bound to the version served at that
/// moment and are answered by it; <see cref="Swap"/> changes the version for all later ones at once. A version that was swapped out is
/// disposed, by the inference thread, after its last request has landed. The head creates, starts and disposes the host.
/// </summary>
public sealed class EmbedderHost : IDisposable
{
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger<EmbedderHost> _log;
    private readonly ServingMetrics _metrics;
    private readonly InferencePass _pass;
    private readonly Thread _thread;
    private readonly ITimer _alarm;

    // Guarded by _gate, which is pulsed whenever the inference thread may have something to do.
    private readonly object _gate = new();
    private readonly BatchQueue _queue;
    private readonly Queue<ServedVersion> _grounded = new();
    private ServedVersion? _current;
    private bool _started, _stopping, _stopped;
    private long? _busySince;

    public EmbedderHost(ServingOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _time = time;
        _log = logs.CreateLogger<EmbedderHost>();
        _queue = new BatchQueue(options.BatchMax, options.BatchWait, options.QueueMax, options.QueueBytesMax);
        _metrics = new ServingMetrics(() => QueueLength, () => Current?.Version.Number ?? 0);
        _pass = new InferencePass(time, _metrics, _log);
        _alarm = time.CreateTimer(_ => Pulse(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { Name = "inference", IsBackground = true };
    }

    /// <summary>What is served now, or null before the first promoted version.</summary>
    public ServedModel? Current
    {
        get
        {
            lock (_gate)
            {
                return _current is { } served
                    ? new(served.Version, served.Since, served.Width(EmbeddingSpace.Frames), served.Width(EmbeddingSpace.Text), served.Width(EmbeddingSpace.Joint))
                    : null;
            }
        }
    }

    /// <summary>Inputs that wait for the inference thread.</summary>
    public int QueueLength
    {
        get
        {
            lock (_gate) return _queue.Count;
        }
    }

    internal ServingMetrics Metrics => _metrics;

    public void Start()
    {
        lock (_gate)
        {
            if (_started) return;
            _started = true;
        }

        _thread.Start();
    }

    /// <summary>
    /// Serves <paramref name="next"/> (or nothing, where null) from now on; the host owns it. The task completes when the embedder that was
    /// served before is disposed, at once where there was none.
    /// </summary>
    public Task Swap(IEmbedder? next)
    {
        ServedVersion? served = next is null ? null : new ServedVersion(next, _time.GetUtcNow());
        ServedVersion? previous;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            (previous, _current) = (_current, served);
            if (previous is not null) Retire_NeedsLock(previous);
        }

        _metrics.Swaps.Add(1);
        ServingLog.Swapped(_log, served?.Version.ToString() ?? "nothing", previous?.Version.ToString() ?? "nothing");
        return previous?.Disposed ?? Task.CompletedTask;
    }

    /// <summary>How long the present batch has been running; null between batches.</summary>
    internal TimeSpan? BusyFor()
    {
        lock (_gate) return _busySince is { } since ? _time.GetElapsedTime(since) : null;
    }

    /// <summary>The inference thread runs.</summary>
    internal bool IsAlive
    {
        get
        {
            lock (_gate) return _started && !_stopped;
        }
    }

    /// <summary>Offers a request: all of its inputs are admitted, or none.</summary>
    /// <param name="only">The version that alone may answer, or null for whichever is served.</param>
    internal EmbeddingAdmission Submit(
        EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs, ModelVersion? only, CancellationToken cancellation)
    {
        Check.That(inputs.Count > 0, "a request has inputs");
        long bytes = inputs.Sum(PendingInput.ContentBytes);
        EmbeddingRequest request;
        lock (_gate)
        {
            if (_stopping) return new EmbeddingAdmission.Stopping();
            if (_current is not { } served) return new EmbeddingAdmission.NoVersion();
            if (only is { } version && version != served.Version) return new EmbeddingAdmission.OtherVersion(served.Version);
            if (served.Width(space) is null) return new EmbeddingAdmission.NoSuchSpace(served.Version);
            if (!_queue.HasRoomFor(inputs.Count, bytes)) return new EmbeddingAdmission.QueueFull();
            request = new EmbeddingRequest(served, space, inputs);
            served.Flights_NeedsLock++;
            foreach (PendingInput input in request.Split(_time.GetTimestamp())) _queue.Add(input);
            Monitor.Pulse(_gate);
        }

        return new EmbeddingAdmission.Admitted(AnswerOf(request, cancellation));
    }

    /// <summary>Ends the thread after the batch it is on; requests still waiting are told that the server stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping) return;
            _stopping = true;
            if (_current is not null) Retire_NeedsLock(_current);
            _current = null;
            Monitor.Pulse(_gate);
        }

        if (_started) _thread.Join();
        CleanUp();
        _alarm.Dispose();
        _metrics.Dispose();
    }

    private static async Task<EmbeddingAnswer> AnswerOf(EmbeddingRequest request, CancellationToken cancellation)
    {
        await using CancellationTokenRegistration registration =
            cancellation.Register(static (state, token) => ((EmbeddingRequest)state!).Abandon(token), request);
        return await request.Answer;
    }

    private void Retire_NeedsLock(ServedVersion served)
    {
        served.Retired_NeedsLock = true;
        if (served.Flights_NeedsLock == 0) Ground_NeedsLock(served);
    }

    private void Ground_NeedsLock(ServedVersion served)
    {
        _grounded.Enqueue(served);
        Monitor.Pulse(_gate);
    }

    private void Run()
    {
        while (NextTurn() is { } turn)
        {
            foreach (ServedVersion served in turn.Grounded) DisposeVersion(served);
            if (turn.Batch.Count == 0) continue;
            _pass.Run(turn.Batch);
            Land(turn.Batch);
        }
    }

    /// <summary>Waits for work; null when the host stops.</summary>
    private InferenceTurn? NextTurn()
    {
        lock (_gate)
        {
            while (!_stopping)
            {
                if (Turn_NeedsLock() is { } turn) return turn;
                Monitor.Wait(_gate);
            }

            _stopped = true;
            return null;
        }
    }

    private InferenceTurn? Turn_NeedsLock()
    {
        TimeSpan? readyIn = _queue.ReadyIn(_time);
        if (_grounded.Count > 0 || readyIn == TimeSpan.Zero)
        {
            ServedVersion[] grounded = [.. _grounded];
            _grounded.Clear();
            if (readyIn == TimeSpan.Zero) _busySince = _time.GetTimestamp();
            return new InferenceTurn(grounded, readyIn == TimeSpan.Zero ? _queue.TakeBatch() : []);
        }

        if (readyIn is { } wait) _alarm.Change(wait < TimerResolution ? TimerResolution : wait, Timeout.InfiniteTimeSpan);
        return null;
    }

    /// <summary>Closes the books on inputs that left the queue. A request lands with its last input, which is in one batch only.</summary>
    private void Land(IReadOnlyList<PendingInput> inputs)
    {
        lock (_gate)
        {
            _busySince = null;
            foreach (EmbeddingRequest request in inputs.Select(input => input.Request).Distinct().Where(request => request.IsLanded))
            {
                ServedVersion served = request.Served;
                Check.That(served.Flights_NeedsLock > 0, "a request that lands was in flight");
                if (--served.Flights_NeedsLock == 0 && served.Retired_NeedsLock) Ground_NeedsLock(served);
            }
        }
    }

    private void DisposeVersion(ServedVersion served)
    {
        try
        {
            served.DisposeEmbedder();
            ServingLog.Disposed(_log, served.Version.ToString());
        }
        catch (Exception broken)
        {
            // Policy: a version that cannot be disposed leaks its memory and is reported; serving goes on with the next one.
            ServingLog.DisposeFailed(_log, served.Version.ToString(), broken);
        }
    }

    /// <summary>After the thread has ended (or never ran): nobody else touches queue and versions any more.</summary>
    private void CleanUp()
    {
        List<PendingInput> left = [];
        lock (_gate)
        {
            while (_queue.Count > 0) left.AddRange(_queue.TakeBatch());
        }

        InferencePass.Refuse(left, new OperationCanceledException("the server stops"));
        Land(left);
        foreach (ServedVersion served in _grounded) DisposeVersion(served);
        _grounded.Clear();
    }

    private void Pulse()
    {
        lock (_gate) Monitor.Pulse(_gate);
    }

    /// <summary>What the inference thread does before it asks again.</summary>
    private sealed record InferenceTurn(IReadOnlyList<ServedVersion> Grounded, IReadOnlyList<PendingInput> Batch);
}
