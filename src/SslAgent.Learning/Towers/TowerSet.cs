using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Towers;

/// <summary>Both towers over one set of weights; objectives find their own heads in <see cref="Weights"/>. Whoever made it disposes it; the weights are not owned.</summary>
internal sealed class TowerSet : IDisposable
{
    private readonly Dictionary<(int Grid, int Width), Tensor> _positions = [];

    public TowerSet(ModelPlan plan, Weights weights)
    {
        Plan = plan;
        Weights = weights;
        Vision = new VisionTower(plan, weights, grid => Positions(grid, plan.Frame.Width));
        Text = new TextTower(plan, weights);
    }

    public ModelPlan Plan { get; }

    public Weights Weights { get; }

    public VisionTower Vision { get; }

    public TextTower Text { get; }

    /// <summary>Fixed places of the patches for a stack of this width, fp32 [N, width]; made once and kept.</summary>
    public Tensor Positions(int width) => Positions(Plan.Grid, width);

    /// <summary>The same for frames with so many patches along a side, fp32 [grid·grid, width].</summary>
    private Tensor Positions(int grid, int width)
    {
        if (_positions.TryGetValue((grid, width), out Tensor? kept)) return kept;
        using var scope = NewDisposeScope();
        Tensor table = tensor(SineCosinePositions.Table(grid, width, Plan.Grid), device: Weights.Device)
            .view(grid * grid, width).DetachFromDisposeScope();
        _positions.Add((grid, width), table);
        return table;
    }

    public void Dispose()
    {
        foreach (Tensor table in _positions.Values) table.Dispose();
    }
}
