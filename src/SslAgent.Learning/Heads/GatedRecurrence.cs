using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Heads;

/// <summary>
/// A gated recurrent unit (Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, equations 5 to 8), with the reset behind the product as PyTorch's GRUCell has it: what it has seen so far
/// is in its state. Trained beside a tower, never served.
/// </summary>
/// <param name="input">Width of what it reads.</param>
/// <param name="width">Width of its state.</param>
internal sealed class GatedRecurrence(string name, int input, int width)
{
    // B batch, W steps, H width of the state. Gates lie in the order reset, update, new.
    private const int Gates = 3;

    public IEnumerable<ParameterSpec> Declare() =>
        [.. TransformerStack.DeclareLinear(name + ".input", Gates * width, input), .. TransformerStack.DeclareLinear(name + ".state", Gates * width, width)];

    /// <summary>Before anything was seen, fp32 [B, H].</summary>
    public Tensor Begin(long batch, Device device) => zeros(batch, width, device: device);

    /// <param name="x">fp32 [B, input].</param>
    /// <param name="state">fp32 [B, H].</param>
    /// <returns>The state after it, fp32 [B, H].</returns>
    public Tensor Step(Tensor x, Tensor state, Weights weights)
    {
        Shape.Require(x, name + " input", x.shape[0], input);
        Tensor read = Numerics.Linear(x.to_type(weights.Dtype), weights, name + ".input").to_type(ScalarType.Float32); // [B, 3H]
        Tensor known = Numerics.Linear(state.to_type(weights.Dtype), weights, name + ".state").to_type(ScalarType.Float32); // [B, 3H]
        Tensor reset = (Gate(read, 0) + Gate(known, 0)).sigmoid(), update = (Gate(read, 1) + Gate(known, 1)).sigmoid(); // [B, H] each
        Tensor fresh = (Gate(read, 2) + (reset * Gate(known, 2))).tanh(); // [B, H]
        return fresh + (update * (state - fresh));
    }

    /// <summary>The state after each step, fp32 [B, W, input] → [B, W, H].</summary>
    public Tensor Forward(Tensor steps, Weights weights)
    {
        Tensor state = Begin(steps.shape[0], steps.device);
        var states = new Tensor[steps.shape[1]];
        for (var step = 0; step < states.Length; step++) states[step] = state = Step(steps.select(1, step), state, weights);
        return stack(states, 1);
    }

    private Tensor Gate(Tensor all, int gate) => all.narrow(1, gate * width, width);
}
