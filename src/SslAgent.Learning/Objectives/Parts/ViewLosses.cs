using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>The losses of a batch's two views, and what is worth telling of it.</summary>
/// <param name="Each">A loss for each view, first views first, fp32 [2B].</param>
/// <param name="Terms">Scalars, by the objective's term names.</param>
internal sealed record ViewLosses(Tensor Each, params Tensor[] Terms)
{
    /// <summary>As <see cref="ObjectiveLoss.Seen"/>.</summary>
    public Tensor? Seen { get; init; }
}
