using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// How probes ask objectives that make their own answers up (a teacher's, clusters'). Their losses fall also where the answers grow poorer, so two versions' losses do not compare; what they lack
/// of telling a batch's frames apart does.
/// </summary>
internal static class LackingInformation
{
    // B batch, K possible answers.

    /// <summary>
    /// Nats that are missing to know which of the B frames a view is of: its cross-entropy with the other view's answer, less what the best constant answer would get (the entropy of the mean answer),
    /// and ln B. 0 where every frame has an answer of its own that both views give; ln B, the trivial loss, where all have the same, as in a collapsed network; fp32 [2B].
    /// </summary>
    /// <param name="losses">Cross-entropies, fp32 [2B].</param>
    /// <param name="answers">The probabilities that they are with, fp32 [2B, K].</param>
    public static Tensor Of(Tensor losses, Tensor answers)
    {
        Shape.Require(answers, "answers", losses.shape[0], answers.shape[1]);
        Tensor mean = answers.mean([0]); // [K]
        return losses + mean.xlogy(mean).sum() + Trivial(losses.shape[0] / 2);
    }

    public static double Trivial(long batch) => Math.Log(batch);
}
