using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pretraining;

/// <summary>
/// What <c>pretrain --from</c> leaves in the journal, and reads there again: a rollback whose reason names the command, and cycles whose triggers name that rollback. So stages are counted from there, and the same command
/// knows that it is under way.
/// </summary>
internal static class GoingBack
{
    private const string Reason = "pretrain --from";

    /// <summary>The replay buffer stays as it is: other data is what one goes back for.</summary>
    public static RollbackRequest To(ModelVersion version) => new(version, ReplayRollback.Keep, $"{Reason} {version}", [], DryRun: false);

    /// <summary>A suffix of triggers that tells cycles since the last <c>--from</c> from those before.</summary>
    public static string Since(IReadOnlyList<NumberedRecord> decisions) =>
        decisions.Select(decision => decision.Record).OfType<JournalRecord.RolledBack>().LastOrDefault(back => back.Reason.StartsWith(Reason, StringComparison.Ordinal)) is { } back
            ? $" since {back.Version}"
            : "";

    /// <summary>Whether the same command went back there already: the last rollback of all is its own, and nothing but its stages was trained since.</summary>
    public static bool IsUnderWay(IReadOnlyList<NumberedRecord> decisions, ModelVersion version, IReadOnlyList<Stage> stages)
    {
        JournalRecord.RolledBack? last = null;
        var trained = new HashSet<string>(StringComparer.Ordinal);
        foreach (NumberedRecord decision in decisions)
        {
            if (decision.Record is JournalRecord.CycleStarted started) trained.Add(started.Trigger);
            if (decision.Record is not JournalRecord.RolledBack back) continue;
            // What was trained since and then accepted is still what was trained since.
            if (back.Accepts && back.To > last?.Version) continue;
            last = back;
            trained.Clear();
        }

        if (last is null || last.To != version || last.Reason != To(version).Reason) return false;
        trained.ExceptWith(stages.Select(stage => stage.Trigger + Since(decisions)));
        return trained.Count == 0;
    }
}
