using System.ComponentModel.DataAnnotations;

namespace SslAgent.Guarding.Tests;

public sealed class GuardOptionsTests
{
    [Fact]
    public void The_defaults_are_sound()
    {
        GuardOptions options = new();
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        Assert.Empty(options.Faults());
    }

    [Fact]
    public void Every_crossed_pair_of_limits_is_named_with_both_values()
    {
        GuardOptions options = new()
        {
            EraRiseMax = 0.3,
            EraRiseReject = 0.1,
            SkippedShareHold = 0.9,
            SkippedShareReject = 0.8,
            LossSpikeHold = 3,
            LossSpikeReject = 2,
            GradientRatioHold = 50,
            GradientRatioReject = 40,
            HealthShareHold = 0.1,
            HealthShareReject = 0.2,
        };
        string[] faults = [.. options.Faults()];
        Assert.Equal(5, faults.Length);
        Assert.Contains("0.1", faults[0], StringComparison.Ordinal);
        Assert.Contains("0.3", faults[0], StringComparison.Ordinal);
        Assert.Throws<Domain.BrokenInvariantException>(() => new Guard(options));
    }
}
