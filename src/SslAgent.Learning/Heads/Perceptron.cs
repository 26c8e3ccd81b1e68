using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Heads;

/// <summary>
/// A head with one hidden layer and no normalisation, so that each row is by itself and a single one can be asked about. Trained beside a tower, never served.
/// </summary>
internal sealed class Perceptron(string name, int input, int hidden, int output)
{
    // R rows.

    public IEnumerable<ParameterSpec> Declare() =>
        [.. TransformerStack.DeclareLinear(name + ".hidden", hidden, input), .. TransformerStack.DeclareLinear(name + ".output", output, hidden)];

    /// <param name="x">fp32 [R, input].</param>
    /// <returns>fp32 [R, output].</returns>
    public Tensor Forward(Tensor x, Weights weights)
    {
        Shape.Require(x, name + " input", x.shape[0], input);
        Tensor inner = nn.functional.gelu(Numerics.Linear(x.to_type(weights.Dtype), weights, name + ".hidden")); // [R, hidden]
        return Numerics.Linear(inner, weights, name + ".output").to_type(ScalarType.Float32);
    }
}
