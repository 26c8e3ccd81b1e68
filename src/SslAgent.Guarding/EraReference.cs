using SslAgent.Domain;

namespace SslAgent.Guarding;

/// <summary>The best that the promoted line ever reached on one era with one objective.</summary>
/// <param name="Loss">Lowest held-out loss of a promoted version.</param>
/// <param name="Noise">That probe's standard deviation over masks.</param>
/// <param name="TrivialLoss">What a model that learned nothing gets on the same samples.</param>
/// <param name="Count">Sentinels behind the value.</param>
/// <param name="Promotions">Promoted versions that the value is the best of.</param>
/// <param name="Version">The version that reached it.</param>
/// <param name="Set">Which ones those were; see <see cref="EraProbe"/>.</param>
/// <param name="Unseen">Promotions since the era was last probed.</param>
public sealed record EraReference(
    int Era, string Objective, double Loss, double Noise, double TrivialLoss, int Count, int Promotions, ModelVersion Version, long Set,
    int Unseen)
{
    /// <summary>Whether a probe asked the same questions, so that its loss may be held against this one.</summary>
    public bool IsComparable(EraProbe probe) => probe.Count == Count && probe.Set == Set;

    /// <summary>Promoted versions since, probed on the same sentinels, none of which was better.</summary>
    public int Unbeaten { get; init; }

    /// <summary>The value by groups of sentinels; see <see cref="EraProbe.Groups"/>.</summary>
    public IReadOnlyList<double> Groups { get; init; } = [];
}
