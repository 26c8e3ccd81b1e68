using SslAgent.Guarding;

namespace SslAgent.Support;

/// <summary>Guards that no training pleases.</summary>
internal static class Demanding
{
    /// <summary>No network of this size has features of so many directions: every version is rejected.</summary>
    public static GuardOptions RejectsAll { get; } = new() { RankFloor = 1000, FeatureCountMin = 2, RejectsBeforePause = 3 };

    /// <summary>Whatever a gradient is, it is more than nothing: each version after the first is held, and none is rejected.</summary>
    public static GuardOptions HoldsAll { get; } = new()
    {
        GradientRatioHold = 0, GradientRatioReject = 1e12, HealthShareReject = 0, RankFloor = 1, StdRatioFloor = 0, EraRiseReject = 10, LossSpikeReject = 10,
    };
}
