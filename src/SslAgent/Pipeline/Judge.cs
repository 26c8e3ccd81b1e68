using System.Globalization;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Drift;

namespace SslAgent.Pipeline;

/// <summary>
/// The guard in its place: judges versions, journals what follows from a verdict beyond the version itself, and tells an operator where it is more than
/// routine. The learner thread's; <see cref="WordsOf"/> is for anybody.
/// </summary>
internal sealed class Judge(Ledger ledger, GuardOptions options, IAgentObserver observer, ILogger log)
{
    private readonly Guard _guard = new(options);

    public Verdict Verdict(CycleReport report, ProbeReport probe, EraBook book) => _guard.Judge(new GuardInput(report, probe, book));

    /// <summary>After a verdict is in the journal: features that drifted open an era, and repeated rejects are told. May be repeated.</summary>
    public void Conclude(JournalRecord.CycleEnded ended, ProbeReport probe)
    {
        if (ShiftPolicy.Judge(probe, options) is { } drift && ledger.NoteFeatureDrift(drift)) Tell(drift, log);
        if (ended.Verdict.Kind != VerdictKind.Reject || WordsOf(ledger.Course) is not { } words) return;
        HeadLog.TrainingLowered(log, words);
        observer.OnProblem(words);
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
}
