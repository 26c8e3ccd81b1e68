using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Ingest.Kafka;

/// <summary>
/// Reads the stream on one thread of its own, which training cannot stall, into a bounded queue. Commits only what the head has
/// declared durable. The head calls <see cref="Start"/> after recovery, takes events on its ingest thread, and at the end calls
/// <see cref="StopReading"/>, commits what it took, and disposes: what is still queued is delivered again after the next start.
/// </summary>
public sealed class KafkaReader : IStreamReader
{
    private readonly KafkaOptions _options;
    private readonly PartitionTable _table;
    private readonly ICommitMemory? _commits;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DeliveryQueue _queue;
    private readonly Thread _thread;

    // Between the head's threads and the poll thread.
    private readonly ReaderSignals _signals = new();
    private readonly Lock _commitGate = new();
    private PollLoop? _loop;
    private bool _disposed;

    /// <param name="commits">Null for a reader that never commits: it cannot tell an operator's reset from a crash.</param>
    public KafkaReader(
        KafkaOptions options, IPartitionPositions positions, TimeProvider time, ILogger<KafkaReader> log, ICommitMemory? commits = null)
    {
        _options = options;
        _time = time;
        _log = log;
        _commits = commits;
        _table = new PartitionTable(options, positions, commits);
        _queue = new DeliveryQueue(options.QueueMessages, options.QueueBytes);
        _thread = new Thread(Run) { Name = "kafka-poll", IsBackground = true };
    }

    /// <summary>librdkafka's version, for <c>doctor</c>.</summary>
    public static string LibraryVersion => KafkaClients.LibraryVersion();

    /// <summary>Assigned partitions, refreshed about once a second. From any thread.</summary>
    public IReadOnlyList<PartitionProgress> Progress => _table.Progress;

    /// <summary>What the client last complained of, or null since a broker answered again. From any thread.</summary>
    public string? Problem => _signals.Problem;

    /// <summary>Events that wait for the ingest thread.</summary>
    public int QueuedCount => _queue.Count;

    /// <summary>True when reading has ended and every event was taken.</summary>
    public bool IsCompleted => _queue.IsCompleted;

    public void Start() => _thread.Start();

    /// <summary>
    /// Takes up to <paramref name="countMax"/> events in order, waiting at most <paramref name="wait"/> for the first; 0 when none came or the
    /// token was cancelled. Throws <see cref="KafkaReadException"/> once reading has failed for good and everything before that was taken. One thread only.
    /// </summary>
    public int Take(List<StreamEvent> into, int countMax, TimeSpan wait, CancellationToken cancellation) =>
        _queue.Take(into, countMax, wait, cancellation);

    /// <summary>
    /// Declares positions durable: the next commit (after <see cref="KafkaOptions.CommitInterval"/>, on revocation, and at the end) tells
    /// Kafka. Never waits for the broker; a partition that is not assigned any more, is in another epoch, or whose group stands further on, is passed over.
    /// </summary>
    public void Commit(IReadOnlyList<PartitionPosition> positions)
    {
        lock (_commitGate) _loop?.Store(positions);
    }

    /// <summary>Ends reading without waiting: what is queued can still be taken and committed.</summary>
    public void StopReading()
    {
        if (!_disposed) _signals.RequestStop();
    }

    /// <summary>Ends reading, commits what was declared durable, leaves the group.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _signals.RequestClose();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted)) _thread.Join();
        _signals.Dispose();
    }

    private void Run()
    {
        try
        {
            KafkaSettings settings = KafkaSettings.Read(_options);
            using var loop = new PollLoop(_options, settings, _table, _commits, _queue, _signals, _time, _log);
            lock (_commitGate) _loop = loop;
            LogStart(settings);
            loop.Run();
            _queue.Complete();
            _signals.WaitForClose();
            lock (_commitGate) _loop = null;
        }
        catch (Exception wrong)
        {
            // Policy: the thread's end is the reader's end; whoever takes the next event meets the reason.
            lock (_commitGate) _loop = null;
            _queue.Complete(wrong);
        }
    }

    private void LogStart(KafkaSettings settings)
    {
        string shown = string.Join(", ", _options.RedactedProperties.Select(property => $"{property.Key}={property.Value}"));
        _log.Reading(
            string.Join(", ", _options.Topics), _options.BootstrapServers, _options.Assignment, KafkaClients.LibraryVersion(), settings.Scrub(shown));
    }
}
