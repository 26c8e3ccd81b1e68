using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Augmenting;

public sealed class ColorJitterTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 1, ChanceStream.Augmentation);

    [Fact]
    public void A_chain_of_adjustments_in_each_pictures_own_order_is_torchvisions()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Given();
        ColorJitter.Change(pixels, Fixed());
        Pictures.SameAsTorchvision("jitter", pixels);
    }

    [Fact]
    public void Pictures_that_are_not_drawn_stay_as_they_are()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Given();
        ColorJitter.Change(pixels, [Fixed()[2]]);
        Pictures.Same(Pictures.Given().index_select(0, tensor(new[] { 0L, 1, 3 })), pixels.index_select(0, tensor(new[] { 0L, 1, 3 })));
        Assert.NotEqual(Pictures.Values(Pictures.Given()[2]), Pictures.Values(pixels[2]));
    }

    [Fact]
    public void The_orders_are_all_permutations()
    {
        string[] orders = [.. Enumerable.Range(0, 24).Select(number => string.Join(",", ColorJitter.Order(number).ToArray().Order()))];
        Assert.All(orders, order => Assert.Equal("Brightness,Contrast,Saturation,Hue", order));
        Assert.Equal(24, Enumerable.Range(0, 24).Select(number => string.Join(",", ColorJitter.Order(number).ToArray())).Distinct().Count());
    }

    [Fact]
    public void A_jitter_without_reach_or_without_chance_changes_nothing()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Given();
        ColorJitter.Change(pixels, new JitterPlan(1, 0, 0, 0, 0), Key);
        ColorJitter.Change(pixels, new JitterPlan(0, 0.8, 0.8, 0.8, 0.2), Key);
        Pictures.Same(Pictures.Given(), pixels);
    }

    [Fact]
    public void Many_pictures_in_slices_come_out_as_each_alone()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = Pictures.Noise(40, 40, 48);
        ColorJitter.Factors[] drawn = ColorJitter.Draw(40, new JitterPlan(0.8, 0.4, 0.4, 0.4, 0.1), Key);
        ColorJitter.Change(pixels, drawn);
        foreach (ColorJitter.Factors one in drawn)
        {
            Tensor alone = Pictures.Noise(40, 40, 48).narrow(0, one.Row, 1).clone();
            ColorJitter.Change(alone, [one with { Row = 0 }]);
            Pictures.Same(alone, pixels.narrow(0, one.Row, 1), 1e-6f);
        }
    }

    [Fact]
    public void Draws_have_the_stated_rate_range_and_spread()
    {
        const int count = 8000;
        ColorJitter.Factors[] drawn = ColorJitter.Draw(count, new JitterPlan(0.8, 0.4, 1.5, 0.2, 0.1), Key);
        Pictures.WithinFourSigma(0.8, Math.Sqrt(0.8 * 0.2), count, (double)drawn.Length / count, "rate");
        Uniform(0.6, 1.4, one => one.Brightness, "brightness");
        Uniform(0, 2.5, one => one.Contrast, "contrast");
        Uniform(0.8, 1.2, one => one.Saturation, "saturation");
        Uniform(-0.1, 0.1, one => one.Hue, "hue");
        foreach (int order in Enumerable.Range(0, 24))
            Pictures.WithinFourSigma(1.0 / 24, Math.Sqrt(23) / 24, drawn.Length, drawn.Count(one => one.Order == order) / (double)drawn.Length, $"order {order}");

        void Uniform(double min, double max, Func<ColorJitter.Factors, double> part, string name)
        {
            Assert.All(drawn, one => Assert.InRange(part(one), min - 1e-6, max + 1e-6));
            Pictures.WithinFourSigma((min + max) / 2, (max - min) / Math.Sqrt(12), drawn.Length, drawn.Average(part), name);
        }
    }

    /// <summary>The fixture's factors and orders.</summary>
    private static ColorJitter.Factors[] Fixed()
    {
        float[][] parts = [.. new[] { "brightness", "contrast", "saturation", "hue" }.Select(name => Pictures.Floats("inputs/" + name))];
        int[] orders = Pictures.Integers("inputs/orders");
        return [.. Enumerable.Range(0, 4).Select(row => new ColorJitter.Factors(row, parts[0][row], parts[1][row], parts[2][row], parts[3][row], Number(orders.AsSpan(row * 4, 4))))];
    }

    private static int Number(ReadOnlySpan<int> order)
    {
        for (var number = 0; number < 24; number++)
        {
            if (order.SequenceEqual(Array.ConvertAll(ColorJitter.Order(number).ToArray(), part => (int)part))) return number;
        }

        throw new InvalidOperationException("every order has a number");
    }
}
