using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// The journal as it was when this was opened, for whoever folds it beside the daemon: nothing is written, no lock is taken. What the daemon
/// retires meanwhile is told by <see cref="RecordLogChangedException"/>, never passed over. Not thread-safe, but for the views, which are. Whoever
/// opened it disposes it.
/// </summary>
public sealed class ReplayReading : IDisposable
{
    private readonly ReplayPlace _place;
    private readonly Journal _journal;
    private readonly BatchReader _reader;
    private readonly Dictionary<SampleId, SampleUnreadableException> _unreadable = [];

    private ReplayReading(ReplayPlace place, Journal journal, long completeFrom)
    {
        _place = place;
        _journal = journal;
        _reader = new BatchReader(journal, Unreadable);
        CompleteFrom = completeFrom;
        Decisions = journal.ReadDecisions();
    }

    /// <summary>All decisions from the beginning of the lineage, in order.</summary>
    public IReadOnlyList<NumberedRecord> Decisions { get; }

    /// <summary>The journal has every sample from this number on; what came before may be gone where nothing live holds it.</summary>
    public long CompleteFrom { get; }

    /// <summary>Segments of both logs.</summary>
    public int Segments => _journal.Samples.Segments.Count + _journal.Decisions.Segments.Count;

    /// <summary>Throws <see cref="RecordLogChangedException"/> where segments go while it is being opened.</summary>
    public static ReplayReading Open(ReplayPlace place)
    {
        Journal journal = Journal.OpenToRead(place.Disk, place.Directory, new ReplayOptions(), place.Time);
        try
        {
            // Once more, after the samples were looked at: the daemon journals a horizon before it deletes the first segment behind it.
            long completeFrom = Journal.ReadDecisions(place.Disk, place.Directory, place.Time)
                .Select(HorizonOf).DefaultIfEmpty().Max();
            return new ReplayReading(place, journal, completeFrom);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Applies what comes behind a state, as far as the record of this number. Throws <see cref="ControlRefusedException"/> where that rewinds to a past which is
    /// not there any more.
    /// </summary>
    /// <param name="options">What the state was loaded under.</param>
    public FoldReport Fold(ReplayState state, ReplayOptions options, long through, CancellationToken cancellation) => Folding.Run(
        _journal, state, new Rewinding(_journal, _place, options), through, (_, _) => cancellation.ThrowIfCancellationRequested());

    /// <summary>All records that the journal still has, in order.</summary>
    public JournalCursor Read() => _journal.Read(0);

    /// <summary>The frozen view of a cycle that a state folded from here has open.</summary>
    public TrainingView View(OpenCycle cycle, double? freshRatio, IReadOnlyDictionary<string, double>? sourceWeights = null) => new(_reader, cycle.Index, freshRatio, sourceWeights);

    /// <summary>The buffer as it was when that cycle began, for its model to weigh.</summary>
    /// <param name="options">Those that the cycle's own plan has.</param>
    public BufferView Buffer(OpenCycle cycle, ReplayOptions options) => new(_reader, cycle.Candidates, options);

    /// <summary>The sentinels as they were when that cycle began.</summary>
    public SentinelView Sentinels(OpenCycle cycle) => new(_reader, cycle.Sentinels);

    /// <summary>Samples that the views were asked for and that cannot be read, since this was last called.</summary>
    public IReadOnlyList<SampleUnreadableException> TakeUnreadable()
    {
        lock (_unreadable)
        {
            SampleUnreadableException[] taken = [.. _unreadable.Values];
            _unreadable.Clear();
            return taken;
        }
    }

    /// <summary>The numbers of a state that was folded to the journal's end.</summary>
    public ReplayStats Stats(ReplayState state, ReplayOptions options) =>
        StatsOf.State(state, new(state.Position, _journal.Bytes, PendingBytes: 0), options, redelivered: 0, unreadable: 0);

    /// <summary>Bytes of the segments that have samples from this number on.</summary>
    public long BytesFrom(long position) =>
        _journal.Samples.Segments.Where(segment => segment.LastSequence >= position).Sum(segment => segment.Bytes);

    public void Dispose() => _journal.Dispose();

    /// <summary>From where on everything is there after a decision: forgotten samples go off the disk behind their record.</summary>
    private static long HorizonOf(NumberedRecord decision) => decision.Record switch
    {
        JournalRecord.HistoryRetired retired => retired.Horizon,
        JournalRecord.Forgotten => decision.Sequence + 1,
        _ => 0,
    };

    private void Unreadable(SampleUnreadableException fault)
    {
        lock (_unreadable) _unreadable[fault.Id] = fault;
    }
}
