using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.State;

namespace SslAgent.Auditing;

/// <summary>
/// What is asked of a version where the device does not give the same bits twice: (1) that the stored weights are the ones that its manifest's digest names, which is
/// a matter of reading, not of computing; (2) that their held-out losses, probed here and now on the same sentinels under the same masks, are those of the weights
/// that the journal gives, and those in the manifest, within the probes' own noise.
/// <para>What no probe sees, such as moments, (1) alone answers for.</para>
/// </summary>
/// <param name="Differences">One sentence for each thing that is not so.</param>
/// <param name="Incomparable">Why that says nothing, in at most one sentence; empty where it does.</param>
internal sealed record InexactComparison(IReadOnlyList<string> Differences, IReadOnlyList<string> Incomparable)
{
    /// <summary>Probe losses of two runs on an inexact device lie this many standard deviations of their difference apart at most.</summary>
    private const double NoiseDeviationsMax = 3;

    /// <param name="derived">The probes of what the journal gives.</param>
    /// <param name="learner">Made for the version's plan. It stands on the stored version afterwards.</param>
    public static InexactComparison Of(IStoredModel stored, ProbeReport derived, Learner learner, ISentinelSource sentinels)
    {
        VersionManifest manifest = stored.Manifest;
        List<string> differences = [.. OfLosses(("recorded", manifest.Probe), ("derived", derived))];
        if (!manifest.HasTrainingState)
            return new InexactComparison(differences, ["not comparable: its training state was given up, so that its stored weights cannot be taken up and probed"]);
        try
        {
            learner.RevertTo(stored);
        }
        catch (ModelStateException fault)
        {
            return new InexactComparison([.. differences, $"the stored weights: {fault.Message}"], []);
        }

        string digest = learner.Digest(); // (1)
        if (digest != manifest.WeightsDigest) differences.Add($"the training state: the manifest names digest {manifest.WeightsDigest}, what is stored has {digest}");
        ProbeReport probed = learner.Probe(sentinels); // (2)
        differences.AddRange(OfLosses(("of the stored weights", probed), ("derived", derived)));
        differences.AddRange(OfLosses(("of the stored weights", probed), ("recorded", manifest.Probe)));
        bool isSilent = !probed.Eras.Concat(derived.Eras).Concat(manifest.Probe.Eras).Any(probe => double.IsFinite(probe.Loss));
        return new InexactComparison(differences, isSilent ? ["not comparable: nothing was probed"] : []);
    }

    /// <summary>Which eras were probed, how and on what does not depend on bits, and is the same; the losses are so within their noise.</summary>
    public static IEnumerable<string> OfLosses((string Whose, ProbeReport Report) one, (string Whose, ProbeReport Report) other)
    {
        Dictionary<(int, string), EraProbe> others = other.Report.Eras.ToDictionary(probe => (probe.Era, probe.Objective));
        foreach (EraProbe mine in one.Report.Eras)
        {
            if (!others.Remove((mine.Era, mine.Objective), out EraProbe? theirs)) yield return $"{Name(mine)}: {one.Whose}, and not {other.Whose}";
            else if ((mine.Set, mine.Count) != (theirs.Set, theirs.Count)) yield return $"{Name(mine)}: {one.Whose} and {other.Whose} it is over other sentinels";
            else if (!IsSame(mine, theirs, out double limit))
                yield return $"{Name(mine)}: {mine.Loss:G6} {one.Whose}, {theirs.Loss:G6} {other.Whose}, more than {limit:G3} apart";
        }

        foreach (EraProbe extra in others.Values) yield return $"{Name(extra)}: {other.Whose}, and not {one.Whose}";
    }

    private static string Name(EraProbe probe) => $"{probe.Objective} loss of era {probe.Era}";

    private static bool IsSame(EraProbe one, EraProbe other, out double limit)
    {
        limit = NoiseDeviationsMax * Math.Sqrt((one.Noise * one.Noise) + (other.Noise * other.Noise));
        // Weights that diverged have no finite loss, and weights that diverged again have none again.
        return double.IsFinite(one.Loss) ? Math.Abs(one.Loss - other.Loss) <= limit : !double.IsFinite(other.Loss);
    }
}
