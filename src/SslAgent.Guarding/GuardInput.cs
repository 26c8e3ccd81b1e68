using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>All that a verdict may depend on.</summary>
/// <param name="Report">What the cycle did.</param>
/// <param name="Probe">What was measured on the weights that would be served.</param>
/// <param name="Book">What the promoted line reached before.</param>
public sealed record GuardInput(CycleReport Report, ProbeReport Probe, EraBook Book)
{
    /// <summary>
    /// The loss that a model which learned nothing gets, by the objective's probed eras, weighted by their sentinels; null where none was
    /// probed.
    /// </summary>
    internal double? TrivialLoss(string objective)
    {
        double sum = 0;
        long count = 0;
        foreach (EraProbe era in Probe.Eras)
        {
            if (era.Objective != objective || !double.IsFinite(era.TrivialLoss) || era.TrivialLoss <= 0) continue;
            sum += era.TrivialLoss * era.Count;
            count += era.Count;
        }
        return count > 0 ? sum / count : null;
    }
}
