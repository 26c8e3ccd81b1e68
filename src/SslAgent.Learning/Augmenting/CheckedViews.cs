using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Views that passed their checks. What is rejected is drawn again by a new key, a few times; a picture whose every draw is rejected gets the weak view: itself, whole. As deterministic as
/// the checks are.
/// </summary>
public static class CheckedViews
{
    // B batch, n rows in question, S a view's side.

    /// <param name="pixels">fp32 [B, 3, Y, X] in [0, 1].</param>
    /// <param name="drawsMax">Draws of one view at most, at least 1.</param>
    /// <returns>A view for every plan, as <see cref="Views.Draw"/> gives them, and what was rejected.</returns>
    public static (IReadOnlyList<Tensor> Views, ViewRejections Rejections) Draw(
        Tensor pixels, IReadOnlyList<ViewPlan> plans, int side, DrawKey key, IReadOnlyList<ViewCheck> checks, int drawsMax)
    {
        Check.NotNull(checks, "views are checked by something");
        Check.That(drawsMax > 0, "a view is drawn at least once");
        IReadOnlyList<Tensor> views = Views.Draw(pixels, plans, side, key);
        ViewRejections rejections = ViewRejections.None;
        for (var view = 0; view < views.Count; view++)
            rejections = rejections.Add(Settle(pixels, views[view], plans[view], key, view, checks, drawsMax));
        return (views, rejections);
    }

    /// <summary>Replaces, in the drawn view, what is rejected until nothing is or the draws are used up.</summary>
    private static ViewRejections Settle(
        Tensor pixels, Tensor drawn, ViewPlan plan, DrawKey key, int view, IReadOnlyList<ViewCheck> checks, int drawsMax)
    {
        using var scope = NewDisposeScope();
        var reasons = new Dictionary<string, long>(StringComparer.Ordinal);
        int side = (int)drawn.shape[3];
        long[] rows = Failing(pixels, drawn, [.. Enumerable.Range(0, (int)drawn.shape[0]).Select(row => (long)row)], checks, reasons);
        for (var draw = 1; draw < drawsMax && rows.Length > 0; draw++)
        {
            key = ViewKeys.Again(key);
            Replace(plan, key);
            rows = Failing(pixels, drawn, rows, checks, reasons);
        }

        if (rows.Length > 0) Replace(ViewPlan.Whole, key);
        return new ViewRejections(drawn.shape[0], reasons, rows.Length);

        void Replace(ViewPlan by, DrawKey chance)
        {
            using var temporaries = NewDisposeScope();
            Tensor places = tensor(rows, device: pixels.device);
            drawn.index_copy_(0, places, Views.DrawOne(pixels.index_select(0, places), by, side, chance, view));
        }
    }

    /// <summary>Those of the rows in question that a check rejects, counted.</summary>
    private static long[] Failing(Tensor pixels, Tensor drawn, long[] rows, IReadOnlyList<ViewCheck> checks, Dictionary<string, long> reasons)
    {
        using var scope = NewDisposeScope();
        Tensor places = tensor(rows, device: pixels.device);
        Tensor pictures = pixels.index_select(0, places), views = drawn.index_select(0, places); // [n, 3, Y, X], [n, 3, S, S]
        var failing = new bool[rows.Length];
        foreach (ViewCheck check in checks)
        {
            bool[] passes = check.Passes(pictures, views);
            for (var i = 0; i < rows.Length; i++)
            {
                if (passes[i] || failing[i]) continue;
                failing[i] = true;
                reasons[check.Reason] = reasons.GetValueOrDefault(check.Reason) + 1;
            }
        }

        return [.. rows.Where((_, i) => failing[i])];
    }
}
