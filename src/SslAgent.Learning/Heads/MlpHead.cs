using System.Globalization;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Heads;

/// <summary>
/// A projection or prediction head: linear layers with batch normalisation and a rectifier between them, or what else the paper has there. Trained beside a tower, never served.
/// </summary>
/// <param name="widths">From the input's to the output's; at least two.</param>
/// <param name="normalizesOutput">Whether the output is normalised over the batch too (without gain and bias), as SimSiam's projection is.</param>
/// <param name="hidden">What stands between the layers.</param>
internal sealed class MlpHead(string name, IReadOnlyList<int> widths, bool normalizesOutput, MlpHidden hidden = MlpHidden.NormalizedRelu)
{
    // B batch, D width.

    /// <summary>As Ioffe and Szegedy 2015 and PyTorch have it.</summary>
    private const double NormEpsilon = 1e-5;

    private int Layers => widths.Count - 1;

    /// <summary>Three layers, each so many times as wide as the feature: what Barlow Twins and VICReg project to.</summary>
    public static MlpHead Expander(string name, int width, int widening)
    {
        int wide = widening * width;
        return new MlpHead(name, [width, wide, wide, wide], normalizesOutput: false);
    }

    public IEnumerable<ParameterSpec> Declare()
    {
        for (var layer = 0; layer < Layers; layer++)
        {
            yield return ParameterSpec.Matrix(Linear(layer) + ".weight", widths[layer + 1], widths[layer]);
            if (!IsNormalized(layer))
            {
                yield return ParameterSpec.Bias(Linear(layer) + ".bias", widths[layer + 1]);
                continue;
            }

            // A bias would be taken away by the normalisation behind it.
            foreach (ParameterSpec spec in TransformerStack.DeclareNorm(Norm(layer), widths[layer + 1])) yield return spec;
        }
    }

    /// <param name="features">fp32 [B, widths[0]], B at least 2.</param>
    /// <returns>fp32 [B, widths[^1]].</returns>
    public Tensor Forward(Tensor features, Weights weights)
    {
        Shape.Require(features, name + " input", features.shape[0], widths[0]);
        Tensor x = features;
        for (var layer = 0; layer < Layers; layer++)
        {
            bool isLast = layer == Layers - 1;
            Tensor? bias = IsNormalized(layer) ? null : weights[Linear(layer) + ".bias"];
            x = nn.functional.linear(x.to_type(weights.Dtype), weights[Linear(layer) + ".weight"], bias).to_type(ScalarType.Float32); // [B, D]
            if (!isLast && !IsNormalized(layer))
            {
                x = x.relu();
            }
            else if (!isLast)
            {
                Tensor gain = weights[Norm(layer) + ".weight"].to_type(ScalarType.Float32), shift = weights[Norm(layer) + ".bias"].to_type(ScalarType.Float32);
                Tensor normalized = Normalize(x) * gain + shift;
                x = hidden == MlpHidden.NormalizedGelu ? nn.functional.gelu(normalized) : normalized.relu();
            }
            else if (normalizesOutput)
            {
                x = Normalize(x);
            }
        }

        return x;
    }

    /// <summary>Zero mean and unit variance over the batch, always by its own statistics: a head is never asked about a single sample.</summary>
    public static Tensor Normalize(Tensor x)
    {
        Tensor centred = x - x.mean([0], keepdim: true);
        return centred / (centred.square().mean([0], keepdim: true) + NormEpsilon).sqrt();
    }

    private bool IsNormalized(int layer) => layer < Layers - 1 && hidden != MlpHidden.Relu;

    private string Linear(int layer) => string.Create(CultureInfo.InvariantCulture, $"{name}.linear{layer}");

    private string Norm(int layer) => string.Create(CultureInfo.InvariantCulture, $"{name}.norm{layer}");
}
