using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Regularizing;

/// <summary>
/// The last promoted version's towers, frozen for the length of a cycle: what regularisers hold the learner to. In the learner's compute dtype. The learner's; one thread.
/// </summary>
internal sealed class Teacher : IDisposable
{
    private readonly Weights _weights;

    /// <param name="served">All served weights of the version, fp32 [layout.Count]; copied.</param>
    public Teacher(ModelPlan plan, ParameterLayout layout, Tensor served, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        _weights = new Weights(layout, served.detach().to_type(dtype, copy: true), gradients: null);
        Towers = new TowerSet(plan, _weights);
    }

    public TowerSet Towers { get; }

    public void Dispose()
    {
        Towers.Dispose();
        _weights.Dispose();
    }
}
