using System.Text.Json;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning.Planning;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>
/// Resolves what is open in the plan of the next cycle: its steps, by what is new, how much of a batch is new, by what became of the past, and which sources are replayed more often, by their surprise. All are facts
/// once the cycle's first record is written. The learner thread's.
/// </summary>
/// <param name="consolidation">The plan of cycles that <see cref="Consolidate"/> triggers; null where there are none.</param>
internal sealed class CyclePlanner(CyclePlan plan, CyclePlan? consolidation, CycleOptions options, Ledger ledger, VersionStore store, LearnerSeat seat)
{
    /// <summary>The trigger of a consolidation.</summary>
    public const string Consolidate = "consolidation";

    private PastCycle? _earlier;

    /// <summary>The plan but for what is resolved: what a cycle that was cut off is compared with.</summary>
    public CyclePlan Plan => plan;

    private bool GoesBySurprise => plan.Replay.Surprise > 0;

    private bool IsAdaptive => plan.Replay.Ratio == ReplayRatio.Adaptive;

    /// <summary>Reads what <see cref="Resolve"/> goes by, once in a life: from then on the seat knows it. Throws where the disk fails.</summary>
    public void Prepare()
    {
        if ((IsAdaptive || GoesBySurprise) && !seat.IsTaken) seat.Take(plan.Learner, ledger.Head);
        if (IsAdaptive && seat.LastCycle is null) _earlier ??= Earlier();
    }

    /// <param name="fresh">Samples admitted since the last cycle began.</param>
    public CyclePlan Resolve(long fresh, string trigger) => trigger == Consolidate && consolidation is not null
        ? consolidation with { FreshRatio = FreshRatio() }
        : plan with { Steps = options.StepsFor(fresh, RowsPerStep(plan.Learner)), FreshRatio = FreshRatio(), SourceWeights = SourceWeights() };

    private IReadOnlyDictionary<string, double> SourceWeights() =>
        GoesBySurprise ? SurpriseWeights.Of(seat.Learner.Surprises, plan.Replay.Surprise) : plan.SourceWeights;

    /// <summary>Rows drawn in a step, by the objectives' weights.</summary>
    private static double RowsPerStep(LearnerPlan learner)
    {
        double weights = learner.Objectives.Sum(objective => objective.Weight);
        return learner.Objectives.Sum(objective => objective.Weight * objective.BatchSize) / weights * learner.Compute.AccumulationSteps;
    }

    private double FreshRatio()
    {
        if (!IsAdaptive) return plan.FreshRatio;
        var limits = new FreshShareLimits(plan.Replay.FreshRatioMin, plan.FreshRatio, plan.Replay.FreshRatioMax);
        return (seat.LastCycle ?? _earlier) is { } last
            // What a consolidation did to the past says nothing of a share that it did not draw by.
            ? last.Plan.DrawsEvenly ? last.Plan.FreshRatioResolved : FreshShare.Next(last.Plan.FreshRatioResolved, Math.Min(last.Plan.FreshScale, ledger.Course.FreshScale), last.Probe, last.Before, limits)
            : Math.Clamp(plan.FreshRatio, limits.Min, limits.Max);
    }

    /// <summary>The last cycle of an earlier life, whatever its verdict was; null where there is none, or another release made it.</summary>
    private PastCycle? Earlier()
    {
        if (store.List().FirstOrDefault(manifest => manifest.Kind == VersionKind.Cycle) is not { } manifest) return null;
        try
        {
            return new PastCycle(CyclePlan.FromJson(manifest.Plan.GetRawText()), manifest.Probe, manifest.Parent is { } parent ? seat.BookAt(parent) : EraBook.Empty);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException)
        {
            return null;
        }
    }
}
