using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// Gives a rewind what it needs beside its record: the state at the version gone back to, and what the journal has since. The same while it happens and
/// when it is folded again.
/// </summary>
internal sealed class Rewinding(Journal journal, ReplayPlace place, ReplayOptions options)
{
    /// <summary>Applies a record of the journal to the state, whatever it is.</summary>
    public void Apply(ReplayState state, long sequence, JournalRecord record)
    {
        if (record is JournalRecord.RolledBack { Replay: ReplayRollback.Rewind } rewind) state.Rewind(sequence, rewind, Prepare(state, rewind, sequence));
        else state.Apply(sequence, record);
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
    public ReplayState Prepare(ReplayState state, JournalRecord.RolledBack rewind, long before)
    {
        ReplayState past = PastOf(rewind);
        DenyList denied = state.Denied.With(rewind.Denied);
        past.Forget(DeniedBefore(past, rewind, denied));
        past.OfferAnew(AdmittedBetween(rewind.ToPosition, before), denied);
        return past;
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
    private HashSet<long> DeniedBefore(ReplayState past, JournalRecord.RolledBack rewind, DenyList denied)
    {
        bool reachesBack = rewind.Denied.Any(range => past.PartitionTable.Find(range.Topic, range.Partition) is { } known && range.From < known.NextOffset);
        return reachesBack
            ? [.. journal.ReadOrigins(0).TakeWhile(origin => origin.Id.Sequence < rewind.ToPosition).Where(origin => denied.Denies(origin.At)).Select(origin => origin.Id.Sequence)]
            : [];
    }

    private IEnumerable<(long Sequence, JournalRecord.Admitted Record)> AdmittedBetween(long from, long before)
    {
        using JournalCursor journalled = journal.Read(from);
        while (journalled.MoveNext() && journalled.Current.Sequence < before)
        {
            if (journalled.Current.Record is JournalRecord.Admitted admitted) yield return (journalled.Current.Sequence, admitted);
        }
    }
}
