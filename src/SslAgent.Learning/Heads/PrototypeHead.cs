using SslAgent.Learning.Parameters;
using static TorchSharp.torch;

namespace SslAgent.Learning.Heads;

/// <summary>A projection to unit vectors, and their cosines with prototypes that are trained with it. Trained beside a tower, never served.</summary>
/// <param name="width">Of the projection's output.</param>
internal sealed class PrototypeHead(string name, MlpHead projection, int width, int prototypes)
{
    // B batch, J width of the projection, K prototypes.
    private string Prototypes => name + ".prototypes.weight";

    public IEnumerable<ParameterSpec> Declare() => [.. projection.Declare(), ParameterSpec.Matrix(Prototypes, prototypes, width)];

    /// <summary>Unit vectors, fp32 [B, J].</summary>
    /// <param name="features">fp32 [B, D].</param>
    public Tensor Project(Tensor features, Weights weights) => nn.functional.normalize(projection.Forward(features, weights), dim: 1);

    /// <summary>Cosines with all prototypes, whose lengths do not count, fp32 [B, K].</summary>
    /// <param name="projections">Unit vectors, fp32 [B, J].</param>
    public Tensor Score(Tensor projections, Weights weights)
    {
        Shape.Require(projections, name + " projections", projections.shape[0], width);
        Tensor directions = nn.functional.normalize(weights[Prototypes].to_type(ScalarType.Float32), dim: 1).to_type(weights.Dtype); // [K, J]
        return nn.functional.linear(projections.to_type(weights.Dtype), directions).to_type(ScalarType.Float32); // [B, K]
    }

    public Tensor Forward(Tensor features, Weights weights) => Score(Project(features, weights), weights);
}
