using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Colour jitter as torchvision's ColorJitter: every picture draws its own factors and the order of the four adjustments (they do not commute). Pictures of one order go
/// through the adjustments together.
/// </summary>
internal static class ColorJitter
{
    // B batch, J pictures jittered.
    private const int Parts = 4;

    /// <summary>The adjustments, numbered as in torchvision.</summary>
    internal enum Part
    {
        Brightness = 0,
        Contrast = 1,
        Saturation = 2,
        Hue = 3,
    }

    /// <summary>One picture's draw. The order is one of 24, see <see cref="Order"/>.</summary>
    internal readonly record struct Factors(int Row, float Brightness, float Contrast, float Saturation, float Hue, int Order);

    private static readonly Part[][] Orders = [.. Permutations([Part.Brightness, Part.Contrast, Part.Saturation, Part.Hue])];

    public static ReadOnlySpan<Part> Order(int number) => Orders[number];

    /// <summary>Factors of the pictures that are jittered, in order of their rows.</summary>
    public static Factors[] Draw(int count, JitterPlan plan, DrawKey key)
    {
        var chance = new Philox(key);
        var drawn = new List<Factors>(count);
        for (var row = 0; row < count; row++)
        {
            if (chance.NextDouble() >= plan.Probability) continue;
            int order = chance.NextInt(Orders.Length);
            drawn.Add(new Factors(
                row, Around1(plan.Brightness, ref chance), Around1(plan.Contrast, ref chance), Around1(plan.Saturation, ref chance),
                (float)new Interval(-plan.Hue, plan.Hue).Draw(ref chance), order));
        }

        return [.. drawn];
    }

    /// <param name="pixels">fp32 [B, 3, S, S] in [0, 1], written to.</param>
    public static void Change(Tensor pixels, JitterPlan plan, DrawKey key) => Change(pixels, Draw((int)pixels.shape[0], plan, key));

    public static void Change(Tensor pixels, IReadOnlyList<Factors> drawn)
    {
        if (drawn.Count == 0) return;
        using var scope = NewDisposeScope();
        Factors[] sorted = [.. drawn.OrderBy(one => one.Order)];
        Tensor factors = tensor(Array.ConvertAll(sorted, Values).SelectMany(values => values).ToArray(), device: pixels.device).view(sorted.Length, Parts, 1, 1, 1); // [J, 4, 1, 1, 1]
        Part[] idle = [.. Enum.GetValues<Part>().Where(part => Array.TrueForAll(sorted, one => Values(one)[(int)part] == Neutral(part)))];
        RowSlices.Edit(
            pixels, Array.ConvertAll(sorted, one => (long)one.Row), Groups(sorted), (slice, place) =>
            {
                foreach (Part part in Orders[sorted[place.First].Order])
                    if (!idle.Contains(part)) slice = Adjust(slice, part, place.Of(factors).select(1, (int)part));
                return slice;
            });
    }

    private static Tensor Adjust(Tensor pixels, Part part, Tensor factor)
    {
        // What is freed at once is taken again while it is still in the cache.
        using var temporaries = NewDisposeScope();
        Tensor adjusted = part switch
        {
            Part.Brightness => ColorAdjustment.Brightness(pixels, factor),
            Part.Contrast => ColorAdjustment.Contrast(pixels, factor),
            Part.Saturation => ColorAdjustment.Saturation(pixels, factor),
            _ => ColorAdjustment.Hue(pixels, factor),
        };
        return adjusted.MoveToOuterDisposeScope();
    }

    /// <summary>Runs of equal order.</summary>
    private static List<RowSlices.Slice> Groups(Factors[] sorted)
    {
        List<RowSlices.Slice> groups = [];
        foreach (IGrouping<int, Factors> group in sorted.GroupBy(one => one.Order))
            groups.Add(new RowSlices.Slice(groups.Sum(earlier => earlier.Count), group.Count()));
        return groups;
    }

    private static float[] Values(Factors one) => [one.Brightness, one.Contrast, one.Saturation, one.Hue];

    private static float Neutral(Part part) => part == Part.Hue ? 0 : 1;

    private static float Around1(double reach, ref Philox chance) => (float)new Interval(Math.Max(0, 1 - reach), 1 + reach).Draw(ref chance);

    private static IEnumerable<Part[]> Permutations(Part[] parts) =>
        parts.Length == 1 ? [parts] : parts.SelectMany(first => Permutations([.. parts.Where(part => part != first)]).Select(rest => (Part[])[first, .. rest]));
}
