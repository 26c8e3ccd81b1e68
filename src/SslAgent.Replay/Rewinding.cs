using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// Gives a rewind what it needs beside its record: the state at the version gone back to, and what the journal has since. The same while it happens and
/// when it is folded again.
/// </summary>
internal sealed class Rewinding(Journal journal, ReplayPlace place, ReplayOptions options)
{
    private readonly List<LostRewind> _lost = [];
    private readonly List<(long From, long To)> _missing = [];

    /// <summary>Whether a rewind whose past is lost ends the fold, or is made the best of: a start goes on whatever the medium lost.</summary>
    public bool IsLenient { get; init; }

    /// <summary>Rewinds applied so far that lacked something.</summary>
    public IReadOnlyList<LostRewind> Lost => _lost;

    /// <summary>Numbers that they asked the journal for and that it does not have, first and last of each gap.</summary>
    public IReadOnlyList<(long From, long To)> Missing => _missing;

    /// <summary>Applies a record of the journal to the state, whatever it is.</summary>
    public void Apply(ReplayState state, long sequence, JournalRecord record)
    {
        if (record is not JournalRecord.RolledBack { Replay: ReplayRollback.Rewind } rewind) state.Apply(sequence, record);
        else if (IsLenient && Obstacle(state, rewind) is { } obstacle) ApplyWithoutPast(state, sequence, rewind, obstacle);
        else ApplyWithPast(state, sequence, rewind);
    }

    /// <summary>Throws with the reason where the past is not there any more.</summary>
    public static void Require(ReplayState state, ModelVersion version, long position)
    {
        if (position >= state.CompleteFrom) return;
        throw new ControlRefusedException(
            $"the journal does not reach back to {version} in full: {version} stands at position {position}, and of what came before position " +
            $"{state.CompleteFrom} only what was still remembered is kept (audit.horizon says how far back everything is)");
    }

    public ReplayState? TryPastOf(ModelVersion version)
    {
        using Stream? saved = place.Past?.Invoke(version);
        return saved is null ? null : ReplayState.Load(saved, options, place.Seed);
    }

    /// <summary>
    /// What is remembered after a rewind: the past, and what was admitted from there to before a number. Reads the journal, so it comes before the record is
    /// written: a disk that fails here changes nothing.
    /// </summary>
    public ReplayState Prepare(ReplayState state, JournalRecord.RolledBack rewind, long before) => Prepare(state, rewind, before, []);

    /// <param name="missing">Gets what the journal should have and has not: the result is not what it was, or would have been.</param>
    private ReplayState Prepare(ReplayState state, JournalRecord.RolledBack rewind, long before, List<(long From, long To)> missing)
    {
        ReplayState past = PastOf(rewind);
        DenyList denied = state.Denied.With(rewind.Denied);
        past.Forget(DeniedBefore(past, rewind, denied, missing));
        past.OfferAnew(AdmittedBetween(rewind.ToPosition, before, missing), denied);
        return past;
    }

    private void ApplyWithPast(ReplayState state, long sequence, JournalRecord.RolledBack rewind)
    {
        var missing = new List<(long From, long To)>();
        ReplayState past = Prepare(state, rewind, sequence, missing);
        if (missing.Count > 0)
            _lost.Add(new LostRewind(sequence, rewind.To, HasPast: true, $"{missing.Sum(gap => gap.To - gap.From + 1)} records of the journal that it needs are lost"));
        _missing.AddRange(missing);
        state.Rewind(sequence, rewind, past);
    }

    /// <summary>What a rewind must never do is bring back what it was to un-learn: so all that came since goes, and what it denies.</summary>
    private void ApplyWithoutPast(ReplayState state, long sequence, JournalRecord.RolledBack rewind, string obstacle)
    {
        DenyList denied = state.Denied.With(rewind.Denied);
        HashSet<long> ids = [.. Origins(sequence).Where(origin => denied.Denies(origin.At)).Select(origin => origin.Id.Sequence)];
        _lost.Add(new LostRewind(sequence, rewind.To, HasPast: false, obstacle));
        state.DropInsteadOfRewinding(sequence, rewind, ids);
    }

    /// <summary>Why the rewind cannot be folded, or null where it can.</summary>
    private string? Obstacle(ReplayState state, JournalRecord.RolledBack rewind)
    {
        if (state.OpenCycle is { } open) return $"how cycle {open.Started.Cycle} before it ended is lost";
        return TryPastOf(rewind.To) is { } past && past.Position == rewind.ToPosition ? null : $"what {rewind.To} remembered is lost";
    }

    private ReplayState PastOf(JournalRecord.RolledBack rewind)
    {
        ReplayState past = TryPastOf(rewind.To)
            ?? throw new ControlRefusedException($"the replay state of {rewind.To} is not there any more: its files are gone");
        Check.That(past.Position == rewind.ToPosition, "a version's replay state stands at its position");
        return past;
    }

    /// <summary>
    /// Denied samples that the past may remember: it had read them already, and not learned. The journal is only read where there can be such.
    /// </summary>
    /// <param name="missing">Gets the samples that the past remembers and of which the journal cannot tell any more whether they are denied.</param>
    private HashSet<long> DeniedBefore(ReplayState past, JournalRecord.RolledBack rewind, DenyList denied, List<(long From, long To)> missing)
    {
        bool reachesBack = rewind.Denied.Any(range => past.PartitionTable.Find(range.Topic, range.Partition) is { } known && range.From < known.NextOffset);
        if (!reachesBack) return [];
        var remembered = new HashSet<long>();
        past.CollectLive(remembered);
        var ids = new HashSet<long>();
        foreach (SampleOrigin origin in Origins(rewind.ToPosition))
        {
            remembered.Remove(origin.Id.Sequence);
            if (denied.Denies(origin.At)) ids.Add(origin.Id.Sequence);
        }

        missing.AddRange(remembered.Order().Select(lost => (lost, lost)));
        return ids;
    }

    private IEnumerable<SampleOrigin> Origins(long before) => journal.ReadOrigins(0).TakeWhile(origin => origin.Id.Sequence < before);

    private IEnumerable<(long Sequence, JournalRecord.Admitted Record)> AdmittedBetween(long from, long before, List<(long From, long To)> missing)
    {
        long expected = from;
        using (JournalCursor journalled = journal.Read(from))
        {
            while (journalled.MoveNext() && journalled.Current.Sequence < before)
            {
                if (journalled.Current.Sequence > expected) missing.Add((expected, journalled.Current.Sequence - 1));
                expected = journalled.Current.Sequence + 1;
                if (journalled.Current.Record is JournalRecord.Admitted admitted) yield return (journalled.Current.Sequence, admitted);
            }
        }

        if (expected < before) missing.Add((expected, before - 1));
    }
}
