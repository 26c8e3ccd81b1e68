using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Regularizing;

/// <summary>
/// Mix-up of what is new with what is remembered. Madaan et al., "Representational Continuity for Unsupervised Continual Learning" (LUMP, ICLR 2022), section 4,
/// equation 5: x = λ·x₁ + (1 - λ)·x₂ with λ from Beta(α, α), and the objective sees x alone.
/// </summary>
/// <remarks>
/// Reference implementation: divyam3897/UCL. We differ: the other picture is another row of the same batch, which holds fresh and remembered samples in the configured
/// ratio, so nothing more has to be read; λ is drawn for each row; batches of pairs and of texts stay as they are, since half a caption says nothing of half a picture.
/// </remarks>
internal static class MixUp
{
    // B batch, S side.

    /// <param name="frames">fp32 [B, 3, S, S].</param>
    /// <param name="alpha">Both parameters of the beta distribution, above 0, at most 1.</param>
    /// <returns>Mixed frames of the same shape.</returns>
    public static Tensor Apply(Tensor frames, double alpha, DrawKey key)
    {
        int batch = (int)frames.shape[0];
        if (batch < 2) return frames;
        var chance = new Philox(key);
        var shares = new float[batch];
        var partners = new int[batch];
        // Row i meets the row that stands behind it in a random circle: never itself, and each row is a partner once.
        int[] circle = [.. Enumerable.Range(0, batch)];
        chance.Shuffle<int>(circle);
        for (var i = 0; i < batch; i++) partners[circle[i]] = circle[(i + 1) % batch];
        for (var i = 0; i < batch; i++) shares[i] = (float)DrawShare(alpha, ref chance);
        Tensor own = tensor(shares, device: frames.device).view(batch, 1, 1, 1);
        Tensor others = frames.index_select(0, tensor(partners, device: frames.device));
        return others + (frames - others) * own;
    }

    /// <summary>One draw of Beta(α, α) (Jöhnk 1964; α at most 1, where few pairs are drawn in vain).</summary>
    public static double DrawShare(double alpha, ref Philox chance)
    {
        while (true)
        {
            // Logarithms of U^(1/α), which itself underflows where α is small.
            double left = Math.Log(1 - chance.NextDouble()) / alpha, right = Math.Log(1 - chance.NextDouble()) / alpha;
            double largest = Math.Max(left, right);
            double sum = largest + Math.Log(Math.Exp(left - largest) + Math.Exp(right - largest));
            if (sum <= 0) return Math.Exp(left - sum);
        }
    }
}
