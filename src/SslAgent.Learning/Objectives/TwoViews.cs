using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>What objectives on two views of each frame share.</summary>
internal static class TwoViews
{
    // B batch, D width of the tower.

    /// <summary>Mean features of the views of a batch.</summary>
    /// <param name="Both">First views, then second ones, fp32 [2B, D].</param>
    internal readonly record struct Features(Tensor Both)
    {
        public Tensor One => Both.narrow(0, 0, Both.shape[0] / 2); // [B, D]

        public Tensor Other => Both.narrow(0, Both.shape[0] / 2, Both.shape[0] / 2); // [B, D]
    }

    /// <summary>One pass of the tower over both views.</summary>
    public static Features Pool(ObjectiveInput input) => new(input.Towers.Vision.Pool(cat([input.View(0), input.View(1)])));

    /// <summary>Losses of 2B views → one candidate with the mean of each frame's two [1, B].</summary>
    public static Tensor ByFrame(Tensor losses) => losses.view(2, losses.shape[0] / 2).mean([0], keepdim: true);

    /// <summary>A loss of a whole batch → one candidate in which each of its frames has it [1, B].</summary>
    public static Tensor ByBatch(Tensor loss, ObjectiveInput input) => loss.detach().view(1, 1).expand(1, input.View(0).shape[0]);
}
