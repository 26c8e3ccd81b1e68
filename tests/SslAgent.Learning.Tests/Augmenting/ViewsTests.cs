using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class ViewsTests
{
    private static readonly DrawKey Key = new(Some.Seed, 3, 7, ChanceStream.Augmentation, 2);

    public static TheoryData<string> Presets => [.. All.Keys];

    private static Dictionary<string, IReadOnlyList<ViewPlan>> All => new()
    {
        ["SimCLR"] = ViewPresets.SimClr,
        ["SimCLR, small"] = ViewPresets.SimClrSmall,
        ["MoCo v2"] = ViewPresets.MoCoV2,
        ["BYOL"] = ViewPresets.Byol,
        ["Barlow Twins"] = ViewPresets.BarlowTwins,
        ["DINO"] = ViewPresets.Dino(localSide: 8, locals: 3),
    };

    [Theory]
    [MemberData(nameof(Presets))]
    public void Every_preset_gives_views_of_its_sizes_in_range_and_the_same_ones_for_the_same_key(string name)
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<ViewPlan> plans = All[name];
        Tensor pixels = Pictures.Noise(24, 20, 28);
        IReadOnlyList<Tensor> views = Views.Draw(pixels, plans, 16, Key), again = Views.Draw(pixels, plans, 16, Key);
        Assert.Equal(plans.Count, views.Count);
        for (var view = 0; view < views.Count; view++)
        {
            int side = plans[view].Side ?? 16;
            Assert.Equal([24, 3, side, side], views[view].shape);
            Assert.All(Pictures.Values(views[view]), value => Assert.InRange(value, -1e-5f, 1 + 1e-5f));
            Pictures.Same(views[view], again[view]);
        }

        Assert.NotEqual(Pictures.Values(views[0]), Pictures.Values(views[1]));
        Assert.NotEqual(Pictures.Values(views[0]), Pictures.Values(Views.Draw(pixels, plans, 16, Key with { Step = 8 })[0]));
        Assert.NotEqual(Pictures.Values(views[0]), Pictures.Values(Views.Draw(pixels, plans, 16, Key with { Part = 3 })[0]));
        Pictures.Same(Pictures.Noise(24, 20, 28), pixels);
    }

    [Fact]
    public void A_picture_s_views_do_not_depend_on_what_comes_after_it_in_the_batch()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(12, 20, 20);
        IReadOnlyList<Tensor> all = Views.Draw(pixels, ViewPresets.Byol, 16, Key), some = Views.Draw(pixels.narrow(0, 0, 5), ViewPresets.Byol, 16, Key);
        for (var view = 0; view < 2; view++) Pictures.Same(all[view].narrow(0, 0, 5), some[view], 1e-6f);
        Assert.Equal([1, 3, 16, 16], Views.Draw(pixels.narrow(0, 0, 1), ViewPresets.SimClr, 16, Key)[0].shape);
    }

    [Fact]
    public void Switching_one_step_off_leaves_the_draws_of_the_others()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(16, 20, 20);
        ViewPlan plan = ViewPresets.Byol[1] with { Jitter = null, Blur = null, Grayscale = 0, Solarize = 0 };
        Tensor cropped = Views.Draw(pixels, [plan], 16, Key)[0], jittered = Views.Draw(pixels, [plan with { Jitter = new(0.5, 0.4, 0.4, 0.2, 0.1) }], 16, Key)[0];
        bool[] same = jittered.eq(cropped).to_type(ScalarType.Float32).amin([1, 2, 3]).data<float>().ToArray().Select(value => value == 1).ToArray();
        Assert.Contains(true, same);
        Assert.Contains(false, same);
    }

    [Fact]
    public void The_weak_view_is_the_picture_resized()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(5, 16, 16);
        Pictures.Same(pixels, Views.Draw(pixels, [ViewPlan.Whole], 16, Key)[0], Pictures.Tolerance);
        Tensor smaller = nn.functional.interpolate(pixels, size: [12, 12], mode: InterpolationMode.Bilinear, align_corners: false);
        Pictures.Same(smaller, Views.Draw(pixels, [ViewPlan.Whole], 12, Key)[0], Pictures.Tolerance);
    }

    [Fact]
    public void The_steps_come_in_the_papers_order()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(6, 16, 16);
        var all = new ViewPlan(null, 0, null, 1, new BlurPlan(1, new Interval(1, 1)), 1);
        Tensor expected = Pictures.Noise(6, 16, 16);
        Grayscale.Change(expected, [0, 1, 2, 3, 4, 5]);
        GaussianBlur.Change(expected, [0, 1, 2, 3, 4, 5], [1, 1, 1, 1, 1, 1], 3);
        Solarization.Change(expected, [0, 1, 2, 3, 4, 5]);
        Pictures.Same(expected, Views.Draw(pixels, [all], 16, Key)[0], Pictures.Tolerance);
    }

    [Fact]
    public void Local_views_are_as_large_as_dinos_in_whole_patches()
    {
        Assert.Equal(96, ViewPresets.DinoLocalSide(224, 16));
        Assert.Equal(24, ViewPresets.DinoLocalSide(64, 8));
        Assert.Equal(4, ViewPresets.DinoLocalSide(8, 4));
        Assert.Equal([null, null, 96, 96, 96], ViewPresets.Dino(96, 3).Select(plan => plan.Side));
    }

    [Fact]
    public void Views_leave_nothing_behind_but_themselves()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(4, 16, 16);
        Views.Draw(pixels, ViewPresets.SimClr, 16, Key);
        long before = scope.DisposablesCount;
        Views.Draw(pixels, ViewPresets.SimClr, 16, Key);
        Assert.Equal(before + 2, scope.DisposablesCount);
    }
}
