using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// What a view must not change, as a risk that its user scores: whether the class that a probe sees is another one, how much of the small thing in the corner is gone. A view
/// whose risk is above the limit, or no number, is rejected.
/// </summary>
/// <param name="Reason">What a rejection is counted under.</param>
/// <param name="Risk">From pictures fp32 [n, 3, Y, X] and their views fp32 [n, 3, S, S], both in [0, 1], to a risk for each, [n]. Called without gradients; must depend on nothing else.</param>
public sealed record ViewCheck(string Reason, Func<Tensor, Tensor, Tensor> Risk, double RiskMax)
{
    /// <summary>A check that says yes or no.</summary>
    /// <param name="keeps">Nonzero or true for views to keep, [n].</param>
    public static ViewCheck Keeping(string reason, Func<Tensor, Tensor, Tensor> keeps) =>
        new(reason, (pictures, views) => keeps(pictures, views).eq(0).to_type(ScalarType.Float32), 0.5);

    /// <summary>Of each view, whether it is kept.</summary>
    internal bool[] Passes(Tensor pictures, Tensor views)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Tensor risk = Risk(pictures, views).to_type(ScalarType.Float32).cpu();
        Shape.Require(risk, $"the risk \"{Reason}\"", views.shape[0]);
        return Array.ConvertAll(risk.data<float>().ToArray(), value => value <= RiskMax);
    }
}
