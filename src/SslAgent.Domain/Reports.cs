namespace SslAgent.Domain;

/// <summary>What one optimizer step did. Losses are read from the device every few steps, so a report may stand for several.</summary>
/// <param name="Loss">Mean loss over the steps that the report stands for, in the objective's own unit (nats, or normalised squared error).</param>
/// <param name="GradientNorm">Global L2 norm before clipping, mean over the same steps.</param>
/// <param name="SkippedSteps">Steps whose loss or gradient was not finite: they changed nothing and their samples are quarantined.</param>
public sealed record StepReport(
    CycleNumber Cycle, StepNumber Step, string Objective, int Steps, int Samples, double Loss, double GradientNorm,
    double LearningRate, int SkippedSteps, IReadOnlyDictionary<string, double> Terms);

/// <summary>What a whole cycle did.</summary>
public sealed record CycleReport(
    CycleNumber Cycle, int StepsDone, IReadOnlyDictionary<string, ObjectiveSummary> Objectives, IReadOnlyList<SampleId> Quarantined);

/// <summary>One objective over one cycle: the mean loss of the first and of the last tenth of its steps.</summary>
public sealed record ObjectiveSummary(
    string Objective, int Steps, long Samples, double LossFirst, double LossLast, double GradientNormMax, int SkippedSteps, double Seconds);

/// <summary>A held-out loss on one era's sentinels with fixed masks.</summary>
/// <param name="Era">The era's number, from 0.</param>
/// <param name="Loss">Mean held-out loss.</param>
/// <param name="Noise">Standard deviation of that loss over repeated masks: the probe's own noise.</param>
/// <param name="TrivialLoss">What a model that learned nothing gets on the same data, measured: per-position mean patch (MAE), unigram entropy (MLM), ln B (CLIP).</param>
/// <param name="Count">Sentinels probed.</param>
/// <param name="Set">Which sentinels those were (<see cref="SetOf"/>): only losses over the same ones can be compared. 0 where that was not recorded.</param>
public sealed record EraProbe(int Era, string Objective, double Loss, double Noise, double TrivialLoss, int Count, long Set = 0)
{
    /// <summary>A fingerprint of samples in their order (FNV-1a over whole ids): equal for the same samples, on every machine.</summary>
    public static long SetOf(IEnumerable<SampleId> samples)
    {
        ulong hash = 14695981039346656037;
        foreach (SampleId sample in samples) hash = unchecked((hash ^ (ulong)sample.Sequence) * 1099511628211);
        return (long)hash;
    }
}

/// <summary>Health of one tower's features over all sentinels (label-free).</summary>
/// <param name="Tower"><c>frames</c> or <c>text</c>.</param>
/// <param name="EffectiveRank">exp of the entropy of the normalised singular values (RankMe, Garrido et al. 2023).</param>
/// <param name="StdRatio">Mean per-dimension std of the L2-normalised features, divided by 1/sqrt(d): 1 is healthy, 0 collapsed.</param>
public sealed record FeatureHealth(string Tower, double EffectiveRank, double StdRatio, int Width, int Count);

/// <summary>Cross-modal retrieval over the paired sentinels.</summary>
/// <param name="RecallAt10">Share of texts whose own frame is among the 10 nearest; equal texts count as equal.</param>
/// <param name="Chance">The same for a random ranking.</param>
public sealed record RetrievalProbe(double RecallAt1, double RecallAt10, double Chance, int Pool);

/// <summary>All that was measured on what would be served after a cycle.</summary>
public sealed record ProbeReport(
    IReadOnlyList<EraProbe> Eras, IReadOnlyList<FeatureHealth> Features, RetrievalProbe? Retrieval)
{
    public static ProbeReport Empty { get; } = new([], [], null);
}
