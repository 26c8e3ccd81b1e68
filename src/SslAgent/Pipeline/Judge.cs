using System.Globalization;
using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Drift;

namespace SslAgent.Pipeline;

/// <summary>
/// The guard in its place: judges versions, journals what follows from a verdict beyond the version itself, and tells an operator where it is more than
/// routine. The learner thread's; its words are for anybody.
/// </summary>
internal sealed class Judge(Ledger ledger, VersionStore store, GuardOptions options, IAgentObserver observer, ILogger log)
{
    /// <summary>Reasons that a problem names; <c>sslagent checkpoints show</c> has all.</summary>
    private const int ReasonsTold = 3;

    private readonly Guard _guard = new(options);

    public Verdict Verdict(CycleReport report, ProbeReport probe, EraBook book) => _guard.Judge(new GuardInput(report, probe, book));

    /// <summary>After a verdict is in the journal: features that drifted open an era, and repeated rejects and holds are told. May be repeated.</summary>
    public void Conclude(JournalRecord.CycleEnded ended, ProbeReport probe)
    {
        if (ShiftPolicy.Judge(probe, options) is { } drift && ledger.NoteFeatureDrift(drift)) Tell(drift, log);
        if (ended.Verdict.Kind == VerdictKind.Reject && WordsOf(ledger.Course) is { } lowered)
        {
            HeadLog.TrainingLowered(log, lowered);
            observer.OnProblem(lowered);
        }

        if (ended.Verdict.Kind != VerdictKind.Hold || WordsOf(ledger.Course.Holds, store) is not { } held) return;
        HeadLog.VersionsHeld(log, held);
        observer.OnProblem(held);
    }

    public static void Tell(JournalRecord.DriftFound drift, ILogger log) =>
        HeadLog.DriftFound(log, drift.Source.Length > 0 ? drift.Source : "all sources", drift.Measure, drift.Before, drift.After, drift.PlasticCycles);

    /// <summary>What an operator should know of the course; null where it is as the options say, or only one version was rejected.</summary>
    public static string? WordsOf(TrainingCourse course)
    {
        if (course.IsPaused)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"training is paused: {course.Rejects} versions were rejected and not made up for; see why with sslagent checkpoints list and show, then sslagent resume --reason TEXT");
        }

        return course.Rejects < 2 ? null : string.Create(CultureInfo.InvariantCulture,
            $"{course.Rejects} versions were rejected and not made up for: the learning rate is at {100 * course.LearningRateScale:0.#} %, the share of fresh samples at {100 * course.FreshScale:0.#} % of the options'");
    }

    /// <summary>What an operator should know of a line of which nothing is promoted any more; null where it may be chance, or a dip.</summary>
    public static string? WordsOf(HoldRun? holds, VersionStore store)
    {
        if (holds is not { IsLong: true }) return null;
        string served = store.Serving is { } version && store.Find(version) is { } manifest
            ? string.Create(CultureInfo.InvariantCulture, $"served is {version} of {manifest.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
            : "nothing is served";
        IEnumerable<VerdictReason> reasons = holds.Last.Reasons.Where(reason => reason.Kind == VerdictKind.Hold).Take(ReasonsTold);
        return string.Create(CultureInfo.InvariantCulture,
            $"{holds.Versions} versions were held since the last promoted one and {served}; the last was held by {string.Join("; ", reasons)}. sslagent checkpoints list has the versions, sslagent checkpoints accept serves one that you find well, sslagent checkpoints rollback goes back to where it was well, section guard has the limits");
    }
}
