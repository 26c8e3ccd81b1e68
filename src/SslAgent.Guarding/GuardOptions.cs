using System.ComponentModel.DataAnnotations;

namespace SslAgent.Guarding;

/// <summary>
/// Section <c>guard</c>: how far a version may fall before it is held back or rejected. Losses are compared with each era's best promoted
/// value, features with the last promoted versions'; the probes' own noise and the number of comparisons are added on top, so these numbers are what is tolerated beyond chance.
/// </summary>
public sealed record GuardOptions
{
    /// <summary>
    /// Chance that a version which lost no more than is tolerated is held back by its eras' losses, all comparisons taken together; the same again by its features, and by its training losses. Default 0.01.
    /// </summary>
    [Range(1e-6, 0.2)]
    public double FalseAlarmRate { get; init; } = 0.01;

    /// <summary>
    /// Tolerated rise of one era's held-out loss over its best promoted value, as a share of that value or of what it had gained on the
    /// trivial loss, whichever is larger; beyond it: hold. Default 0.05.
    /// </summary>
    [Range(0.0, 1.0)]
    public double EraRiseMax { get; init; } = 0.05;

    /// <summary>
    /// The same for the mean over all eras of one objective, where many small losses add up; beyond it: hold. Default 0.02.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MeanRiseMax { get; init; } = 0.02;

    /// <summary>
    /// Rise of one era's loss, as a share like that of <see cref="EraRiseMax"/>, below which nothing is rejected, only held. Default 0.2.
    /// </summary>
    [Range(0.0, 10.0)]
    public double EraRiseReject { get; init; } = 0.2;

    /// <summary>
    /// Share of what an era's model had gained on the trivial loss that may be lost; beyond it (and beyond <see cref="EraRiseReject"/>):
    /// reject. Default 0.5.
    /// </summary>
    [Range(0.05, 1.0)]
    public double SkillLostReject { get; init; } = 0.5;

    /// <summary>Eras with fewer sentinels are not judged; the fewer there are, the more is granted to chance. Default 4 samples.</summary>
    [Range(1, 1_000_000)]
    public int EraCountMin { get; init; } = 4;

    /// <summary>Share of an objective's steps that may be skipped as not finite; beyond it: hold. Default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double SkippedShareHold { get; init; } = 0.05;

    /// <summary>Share of an objective's steps that may be skipped as not finite; beyond it: reject. Default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double SkippedShareReject { get; init; } = 0.5;

    /// <summary>
    /// Tolerated rise of the training loss from a cycle's first tenth to its last, as a share of the trivial loss; beyond it and beyond the noise of its steps: hold. In between, so much more than
    /// four times what is usual. Default 0.1.
    /// </summary>
    [Range(0.0, 10.0)]
    public double LossSpikeHold { get; init; } = 0.1;

    /// <summary>The same from the first tenth to the last; beyond it: reject. Default 0.5.</summary>
    [Range(0.0, 10.0)]
    public double LossSpikeReject { get; init; } = 0.5;

    /// <summary>
    /// Tolerated largest gradient norm (before clipping), as a multiple of what is usual, the median over the last fifteen promoted cycles; beyond it: hold. Default 10.
    /// </summary>
    [Range(0.0, 1e9)]
    public double GradientRatioHold { get; init; } = 10;

    /// <summary>The same; beyond it: reject. Default 1000.</summary>
    [Range(1.0, 1e12)]
    public double GradientRatioReject { get; init; } = 1000;

    /// <summary>Effective rank below this is a collapsed tower: reject. 1 is a single direction. Default 1.5 directions.</summary>
    [Range(1.0, 1e6)]
    public double RankFloor { get; init; } = 1.5;

    /// <summary>
    /// Std ratio (1 healthy, 0 collapsed) below this is a collapsed tower: reject. Untrained towers are near 0.05. Default 0.005.
    /// </summary>
    [Range(0.0, 1.0)]
    public double StdRatioFloor { get; init; } = 0.005;

    /// <summary>
    /// Share of the last promoted version's effective rank and std ratio that must remain, in the towers and in the joint space, and its square of the best of the last fifteen; below it by more than chance: hold, unless an objective that no collapsed tower answers well surely learned. Default 0.5.
    /// </summary>
    [Range(0.0, 1.0)]
    public double HealthShareHold { get; init; } = 0.5;

    /// <summary>The same; below it: reject. Default 0.2.</summary>
    [Range(0.0, 1.0)]
    public double HealthShareReject { get; init; } = 0.2;

    /// <summary>Towers probed on fewer samples are not judged for collapse. Default 16 samples.</summary>
    [Range(2, 1_000_000)]
    public int FeatureCountMin { get; init; } = 16;

    /// <summary>
    /// Fall of an objective's training loss within one cycle, as a share of the trivial loss, that is a plunge where its held-out loss does not follow: features are
    /// then held to <see cref="HealthSharePlunge"/>. Default 0.3.
    /// </summary>
    [Range(0.0, 10.0)]
    public double PlungeMin { get; init; } = 0.3;

    /// <summary>As <see cref="HealthShareHold"/>, for a cycle whose training loss plunged while its held-out loss stood still. Default 0.8.</summary>
    [Range(0.0, 1.0)]
    public double HealthSharePlunge { get; init; } = 0.8;

    /// <summary>Rejected versions, not made up for by promoted ones, at which training pauses and asks for a person; 0 never does. Default 5.</summary>
    [Range(0, 1000)]
    public int RejectsBeforePause { get; init; } = 5;

    /// <summary>What the learning rate is multiplied by for each such version after the first. Default 0.5.</summary>
    [Range(0.01, 1.0)]
    public double RejectLearningRateScale { get; init; } = 0.5;

    /// <summary>What the share of fresh samples is multiplied by for each such version after the first: less of it is more replay. Default 0.75.</summary>
    [Range(0.0, 1.0)]
    public double RejectFreshScale { get; init; } = 0.75;

    /// <summary>
    /// Chance that one measure of one source is taken to have drifted at one block of samples though nothing changed; 0 switches the watch off. Default 1e-6.
    /// </summary>
    [Range(0.0, 0.01)]
    public double DriftFalseAlarmRate { get; init; } = 1e-6;

    /// <summary>A drift moves a mean by at least this many standard deviations of single samples. Default 0.5.</summary>
    [Range(0.0, 100.0)]
    public double DriftShiftMin { get; init; } = 0.5;

    /// <summary>Samples that are averaged into one value of the drift watch. Default 32.</summary>
    [Range(2, 100_000)]
    public int DriftBlockSamples { get; init; } = 32;

    /// <summary>Samples of the whole stream between two drifts: each opens an era, and eras are few. What is found sooner waits. Default 1,000.</summary>
    [Range(1, int.MaxValue)]
    public int DriftSamplesMin { get; init; } = 1000;

    /// <summary>Cycles after a drift that learn faster; 0 (the default) only opens an era.</summary>
    [Range(0, 1000)]
    public int DriftPlasticCycles { get; init; }

    /// <summary>What the learning rate is multiplied by in such cycles. Default 1.5.</summary>
    [Range(1.0, 10.0)]
    public double DriftLearningRateScale { get; init; } = 1.5;

    /// <summary>
    /// What the share of fresh samples is multiplied by in such cycles, up to freshRatioMax where it is adaptive; where it is fixed, replay keeps at least half of its share. Default 1.3.
    /// </summary>
    [Range(1.0, 10.0)]
    public double DriftFreshScale { get; init; } = 1.3;

    /// <summary>Reasons kept in a verdict, worst first. Default 32.</summary>
    [Range(1, 1000)]
    public int ReasonsMax { get; init; } = 32;

    /// <summary>Cross-field faults, one sentence each with both values.</summary>
    public IEnumerable<string> Faults() =>
        new[]
        {
            Above("eraRiseReject", EraRiseReject, "eraRiseMax", EraRiseMax, "share of loss or gain"),
            Above("skippedShareReject", SkippedShareReject, "skippedShareHold", SkippedShareHold, "share of steps"),
            Above("lossSpikeReject", LossSpikeReject, "lossSpikeHold", LossSpikeHold, "share of the trivial loss"),
            Above("gradientRatioReject", GradientRatioReject, "gradientRatioHold", GradientRatioHold, "multiple of the usual norm"),
            Above("healthShareHold", HealthShareHold, "healthShareReject", HealthShareReject, "share that remains"),
            Above("healthSharePlunge", HealthSharePlunge, "healthShareHold", HealthShareHold, "share that remains"),
        }.OfType<string>();

    private static string? Above(string upper, double upperValue, string lower, double lowerValue, string unit) => upperValue >= lowerValue
        ? null
        : $"guard:{upper} {upperValue} is below guard:{lower} {lowerValue} ({unit}): what is rejected must be worse than what is held.";
}
