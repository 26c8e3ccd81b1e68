using System.Text.Json.Serialization;

namespace SslAgent.Domain;

/// <summary>What became of augmented views that were compared with their pictures.</summary>
/// <param name="Views">Views handed out.</param>
/// <param name="Rejected">Draws that were rejected; each is drawn again, or was the last.</param>
/// <param name="Weak">Views whose every draw was rejected: the whole picture stands for them.</param>
public sealed record ViewCounts(long Views, long Rejected, long Weak)
{
    public static ViewCounts None { get; } = new(0, 0, 0);

    public static ViewCounts? Sum(ViewCounts? one, ViewCounts? other) =>
        one is null || other is null ? one ?? other : new ViewCounts(one.Views + other.Views, one.Rejected + other.Rejected, one.Weak + other.Weak);
}

/// <summary>What one optimizer step did. Losses are read from the device every few steps, so a report may stand for several.</summary>
/// <param name="Loss">Mean loss over the steps that the report stands for, in the objective's own unit (nats, or normalised squared error).</param>
/// <param name="GradientNorm">Global L2 norm before clipping, mean over the same steps.</param>
/// <param name="SkippedSteps">Steps whose loss or gradient was not finite: they changed nothing and their samples are quarantined.</param>
public sealed record StepReport(
    CycleNumber Cycle, StepNumber Step, string Objective, int Steps, int Samples, double Loss, double GradientNorm,
    double LearningRate, int SkippedSteps, IReadOnlyDictionary<string, double> Terms)
{
    /// <summary>What became of the steps' views; null where none are checked.</summary>
    public ViewCounts? Views { get; init; }
}

/// <summary>What a whole cycle did.</summary>
public sealed record CycleReport(
    CycleNumber Cycle, int StepsDone, IReadOnlyDictionary<string, ObjectiveSummary> Objectives, IReadOnlyList<SampleId> Quarantined)
{
    /// <summary>Objectives of the plan that had no turn, since there was too little to learn from.</summary>
    public IReadOnlyList<LackingData> Lacking { get; init => field = value ?? []; } = [];

    /// <summary>How surprising each source was by the cycle's end; empty where nothing predicts.</summary>
    public IReadOnlyList<SourceSurprise> Surprises { get; init => field = value ?? []; } = [];
}

/// <summary>Why an objective had no turn in a cycle.</summary>
/// <param name="Needed">Samples that it needs at least, or windows of time where it learns from those.</param>
/// <param name="There">How many there were.</param>
/// <param name="WaitsForTokenizer">Whether it reads texts before there is a tokenizer.</param>
public sealed record LackingData(string Objective, int Needed, int There, bool WaitsForTokenizer);

/// <summary>How wrong the world model has been about a source of late.</summary>
/// <param name="Error">Running mean of its windows' prediction errors, normalised squared error.</param>
/// <param name="Windows">Windows that it was wrong about so far.</param>
public sealed record SourceSurprise(string Source, double Error, long Windows);

/// <summary>One objective over one cycle: the mean loss of the first and of the last tenth of its steps.</summary>
/// <param name="Views">What became of its views; null where none are checked.</param>
public sealed record ObjectiveSummary(
    string Objective, int Steps, long Samples, double LossFirst, double LossLast, double GradientNormMax, int SkippedSteps, double Seconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ViewCounts? Views = null)
{
    /// <summary>How far its loss rose in between; null where too few steps were taken to say, or where that was not recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LossPeak? Peak { get; init; }
}

/// <summary>How far an objective's training loss rose within a cycle, and how much it changes anyway. In the objective's own unit.</summary>
/// <param name="Rise">The largest rise of a short running mean of the steps' losses above their median so far; 0 where it never rose.</param>
/// <param name="Change">Mean size of the change from one step's loss to the next.</param>
public sealed record LossPeak(double Rise, double Change);

/// <summary>A held-out loss on one era's sentinels with fixed masks.</summary>
/// <param name="Era">The era's number, from 0.</param>
/// <param name="Loss">Mean held-out loss.</param>
/// <param name="Noise">Standard deviation of that loss over repeated masks: the probe's own noise.</param>
/// <param name="TrivialLoss">What a model that learned nothing gets on the same data, measured: per-position mean patch (MAE), unigram entropy (MLM), ln B (CLIP).</param>
/// <param name="Count">Sentinels probed.</param>
/// <param name="Set">Which sentinels those were (<see cref="SetOf"/>): only losses over the same ones can be compared. 0 where that was not recorded.</param>
public sealed record EraProbe(int Era, string Objective, double Loss, double Noise, double TrivialLoss, int Count, long Set = 0)
{
    /// <summary>
    /// The same loss by groups of the sentinels, the same samples in the same group at every version: two versions' groups, compared pair by pair, show how
    /// uncertain their difference is. Empty where that was not recorded.
    /// </summary>
    public IReadOnlyList<double> Groups { get; init; } = [];

    /// <summary>Two probes are equal where all their numbers are, the groups' too.</summary>
    public bool Equals(EraProbe? other) =>
        other is not null && Groups.SequenceEqual(other.Groups) &&
        (Era, Objective, Loss, Noise, TrivialLoss, Count, Set).Equals((other.Era, other.Objective, other.Loss, other.Noise, other.TrivialLoss, other.Count, other.Set));

    public override int GetHashCode() => HashCode.Combine(Era, Objective, Loss, Set);

    /// <summary>A fingerprint of samples in their order (FNV-1a over whole ids): equal for the same samples, on every machine.</summary>
    public static long SetOf(IEnumerable<SampleId> samples)
    {
        ulong hash = 14695981039346656037;
        foreach (SampleId sample in samples) hash = unchecked((hash ^ (ulong)sample.Sequence) * 1099511628211);
        return (long)hash;
    }
}

/// <summary>Health of one tower's features over all sentinels (label-free), or of one side of the space that both share.</summary>
/// <param name="Tower"><c>frames</c> or <c>text</c>; in the joint space <c>joint frames</c> or <c>joint text</c>.</param>
/// <param name="EffectiveRank">exp of the entropy of the normalised singular values (RankMe, Garrido et al. 2023).</param>
/// <param name="StdRatio">Mean per-dimension std of the L2-normalised features, divided by 1/sqrt(d): 1 is healthy, 0 collapsed.</param>
public sealed record FeatureHealth(string Tower, double EffectiveRank, double StdRatio, int Width, int Count)
{
    /// <summary>Share of the singular values' sum that the smaller half of them has: 0 where half of the directions died. Null where that was not recorded.</summary>
    public double? TailShare { get; init; }

    /// <summary>Largest singular value over the median one; features that point one way have a large one.</summary>
    public double? Condition { get; init; }

    /// <summary>ln of the mean of exp(-2|x - y|²) over all pairs of unit-length features (Wang and Isola 2020, equation 2): 0 collapsed, -4 at the least.</summary>
    public double? Uniformity { get; init; }

    /// <summary>Mean |x - y|² of the unit-length features of two views of one frame (Wang and Isola 2020, equation 1); null for text, which has no two views.</summary>
    public double? Alignment { get; init; }

    /// <summary>How uncertain these are; null where there were too few sentinels to say, or where that was not recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FeatureNoise? Noise { get; init; }
}

/// <summary>
/// How uncertain the health of features is, sentinels being a sample of what there is: the standard deviation of the natural logarithm of each measure, by the jackknife over groups of sentinels (Tukey 1958; Efron and
/// Stein 1981). 0 where a measure is 0, or would be without one of the groups.
/// </summary>
/// <param name="Uniformity">Of uniformity negated.</param>
/// <param name="Groups">Groups that were left out in turn: the degrees of freedom and one.</param>
public sealed record FeatureNoise(double EffectiveRank, double StdRatio, double TailShare, double Uniformity, int Groups);

/// <summary>Cross-modal retrieval over the paired sentinels.</summary>
/// <param name="RecallAt10">Share of texts whose own frame is among the 10 nearest; equal texts count as equal.</param>
/// <param name="Chance">The same for a random ranking.</param>
public sealed record RetrievalProbe(double RecallAt1, double RecallAt10, double Chance, int Pool)
{
    /// <summary>Mean |x - y|² of a frame and its own text in the joint space (Wang and Isola 2020, equation 1): 0 together, 2 unrelated.</summary>
    public double? Alignment { get; init; }

    /// <summary>Uniformity of all frames and texts there; see <see cref="FeatureHealth.Uniformity"/>.</summary>
    public double? Uniformity { get; init; }
}

/// <summary>Whether the newest era's features moved while it lasted: the mean over its later half of sentinels against the earlier half.</summary>
/// <param name="Tower"><c>frames</c> or <c>text</c>.</param>
/// <param name="Shift">Difference of the two halves along the direction in which the newest era differs most from those before, in standard deviations of a sample.</param>
/// <param name="Count">Sentinels in both halves together.</param>
public sealed record EraShift(int Era, string Tower, double Shift, int Count);

/// <summary>An objective whose held-out loss does not come far below the trivial one while a space's features collapse, so that a loss that did vouches for them.</summary>
/// <param name="Tower">As of <see cref="FeatureHealth"/>.</param>
public sealed record FeatureWitness(string Tower, string Objective);

/// <summary>All that was measured on what would be served after a cycle.</summary>
public sealed record ProbeReport(
    IReadOnlyList<EraProbe> Eras, IReadOnlyList<FeatureHealth> Features, RetrievalProbe? Retrieval)
{
    public static ProbeReport Empty { get; } = new([], [], null);

    /// <summary>
    /// Health of the paired sentinels' frames, and of their texts, in the joint space. Each by itself: together they stand apart even where each has collapsed to a point.
    /// Of equal texts one counts. Empty where no objective trains that space, or where that was not recorded.
    /// </summary>
    public IReadOnlyList<FeatureHealth> Joint { get; init => field = value ?? []; } = [];

    /// <summary>Which of the objectives vouch for which spaces; empty where none does, or where that was not recorded.</summary>
    public IReadOnlyList<FeatureWitness> Witnesses { get; init => field = value ?? []; } = [];

    /// <summary>All spaces that may collapse: the towers' and the joint one.</summary>
    [JsonIgnore]
    public IEnumerable<FeatureHealth> Spaces => Features.Concat(Joint);

    /// <summary>How the newest era's features moved, by tower; empty where it has too few sentinels.</summary>
    public IReadOnlyList<EraShift> Shifts { get; init => field = value ?? []; } = [];
}
