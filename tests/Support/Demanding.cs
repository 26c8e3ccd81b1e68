using SslAgent.Guarding;

namespace SslAgent.Support;

/// <summary>Guards that no training pleases.</summary>
internal static class Demanding
{
    /// <summary>No network of this size has features of so many directions: every version is rejected.</summary>
    public static GuardOptions RejectsAll { get; } = new() { RankFloor = 1000, FeatureCountMin = 2, RejectsBeforePause = 3 };

    /// <summary>No version keeps all of the first one's features: it is held, and nothing is rejected.</summary>
    public static GuardOptions HoldsAll { get; } = new()
    {
        HealthShareHold = 1, HealthSharePlunge = 1, HealthShareReject = 0, FeatureCountMin = 2, RankFloor = 1, StdRatioFloor = 0, EraRiseMax = 0, MeanRiseMax = 0, EraRiseReject = 10, GradientRatioHold = 1, LossSpikeHold = 0, LossSpikeReject = 10, StepNoise = 0,
    };
}
