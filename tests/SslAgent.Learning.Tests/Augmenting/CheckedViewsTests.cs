using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class CheckedViewsTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 1, ChanceStream.Augmentation);
    private static readonly IReadOnlyList<ViewPlan> Plans = ViewPresets.SimClrSmall;

    /// <summary>How far the mean brightness moved.</summary>
    private static readonly ViewCheck Dark = new("brightness", (pictures, views) => (pictures.mean([1, 2, 3]) - views.mean([1, 2, 3])).abs(), 0.05);

    [Fact]
    public void Views_that_pass_are_the_ones_that_were_drawn()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(8, 16, 16);
        (IReadOnlyList<Tensor> views, ViewRejections rejections) = CheckedViews.Draw(pixels, Plans, 12, Key, [Dark with { RiskMax = 1 }], 3);
        IReadOnlyList<Tensor> plain = Views.Draw(pixels, Plans, 12, Key);
        Pictures.Same(plain[0], views[0]);
        Pictures.Same(plain[1], views[1]);
        Assert.Equal((16, 0, 0), (rejections.Views, rejections.ByReason.Count, rejections.Fallbacks));
    }

    [Fact]
    public void Every_view_handed_out_passes_or_is_the_weak_one_and_rejections_are_counted()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(40, 16, 16);
        (IReadOnlyList<Tensor> views, ViewRejections rejections) = CheckedViews.Draw(pixels, Plans, 16, Key, [Dark], 3);
        IReadOnlyList<Tensor> plain = Views.Draw(pixels, Plans, 16, Key);
        var (redrawn, weak) = (0, 0);
        for (var view = 0; view < 2; view++)
        {
            bool[] passed = Dark.Passes(pixels, views[view]), before = Dark.Passes(pixels, plain[view]);
            Assert.All(passed, Assert.True); // The weak view of a picture at its own size is the picture.
            for (var row = 0; row < 40; row++)
            {
                float[] now = Pictures.Values(views[view][row]);
                Assert.Equal(before[row], Pictures.Values(plain[view][row]).SequenceEqual(now));
                if (!before[row]) redrawn++;
                if (pixels[row].sub(views[view][row]).abs().max().item<float>() < Pictures.Tolerance) weak++;
            }
        }

        Assert.True(redrawn > 5 && weak > 0 && weak < redrawn, $"{redrawn} of 80 rejected at first, {weak} for ever; seed {Some.Seed}");
        Assert.Equal(weak, rejections.Fallbacks);
        Assert.InRange(rejections.ByReason["brightness"], redrawn + 2 * weak, 3 * redrawn);
    }

    [Fact]
    public void A_view_is_counted_once_under_the_first_check_it_fails_and_no_number_is_a_failure()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(5, 16, 16);
        ViewCheck never = ViewCheck.Keeping("never", (pictures, _) => zeros(pictures.shape[0]));
        ViewCheck broken = new("broken", (pictures, _) => full([pictures.shape[0]], float.NaN), 1e9);
        ViewRejections one = CheckedViews.Draw(pixels, Plans, 16, Key, [broken, never], 4).Rejections;
        Assert.Equal((10, 10), (one.Views, one.Fallbacks));
        Assert.Equal(new Dictionary<string, long> { ["broken"] = 40 }, one.ByReason);
        ViewRejections both = one.Add(CheckedViews.Draw(pixels, Plans, 16, Key, [never], 1).Rejections);
        Assert.Equal((20, 20), (both.Views, both.Fallbacks));
        Assert.Equal(new Dictionary<string, long> { ["broken"] = 40, ["never"] = 10 }, both.ByReason);
    }

    [Fact]
    public void Every_draw_of_a_picture_is_another_one_and_the_draws_end_where_they_are_said_to()
    {
        using var scope = NewDisposeScope();
        List<float[]> seen = [];
        ViewCheck watching = ViewCheck.Keeping("watched", (pictures, views) =>
        {
            seen.Add(Pictures.Values(views));
            return zeros(pictures.shape[0]);
        });
        CheckedViews.Draw(Pictures.Noise(1, 16, 16), Plans, 12, Key, [watching], 5);
        Assert.Equal(10, seen.Count);
        Assert.Equal(10, seen.DistinctBy(view => string.Join(' ', view)).Count());
    }

    [Fact]
    public void The_same_key_rejects_and_redraws_the_same()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(20, 16, 16);
        (IReadOnlyList<Tensor> views, ViewRejections rejections) = CheckedViews.Draw(pixels, Plans, 16, Key, [Dark], 3);
        (IReadOnlyList<Tensor> again, ViewRejections counted) = CheckedViews.Draw(pixels, Plans, 16, Key, [Dark], 3);
        Pictures.Same(views[0], again[0]);
        Pictures.Same(views[1], again[1]);
        Assert.Equal(rejections.ByReason, counted.ByReason);
        Assert.NotEmpty(counted.ByReason);
    }

    [Fact]
    public void A_risk_that_has_no_value_for_each_view_is_refused()
    {
        using var scope = NewDisposeScope();
        var check = new ViewCheck("one for all", (pictures, _) => pictures.mean(), 1);
        Assert.Throws<BrokenInvariantException>(() => CheckedViews.Draw(Pictures.Noise(3, 16, 16), Plans, 16, Key, [check], 2));
    }
}
