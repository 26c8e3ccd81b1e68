using SslAgent.Domain;

namespace SslAgent.Learning.Augmenting;

/// <summary>The steps of making a view. Each draws from a key of its own, so that switching one off leaves the others' draws as they were.</summary>
internal enum ViewStep
{
    Crop = 0,
    Flip = 1,
    Jitter = 2,
    Grayscale = 3,
    Blur = 4,
    Solarize = 5,
}

/// <summary>Keys below the caller's key: under a seed drawn from it, so that the caller's cycle, step and part stay what they are.</summary>
internal static class ViewKeys
{
    private const int StepsMax = 16, ViewsMax = 1 << 10;

    public static DrawKey Of(DrawKey key, int view, ViewStep step)
    {
        Check.That(view is >= 0 and < ViewsMax, "a batch has at most 1,024 views");
        return key with { Seed = Below(key), Part = view * StepsMax + (int)step };
    }

    /// <summary>The key for making views again that were rejected as made by <paramref name="key"/>.</summary>
    public static DrawKey Again(DrawKey key) => key with { Seed = ~Below(key) };

    private static ulong Below(DrawKey key) => new Philox(key).NextUInt64();
}
