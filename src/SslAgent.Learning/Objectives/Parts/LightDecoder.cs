using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// A light Transformer that is asked about places: it sees the codes of some patches and a mask token for each place in question, and says something of the latter. MAE's decoder, I-JEPA's predictor; its shape is the
/// plan's decoder. Immutable.
/// </summary>
/// <param name="section">Its section, and where its parameters' names begin.</param>
internal sealed class LightDecoder(string section)
{
    // B rows, K codes and M places in question of each, D encoder width, E decoder width, O width of an answer.

    /// <param name="answer">Width of what is said of a place.</param>
    public SectionSpec Declare(ModelPlan plan, int answer) => new(
        section,
        [
            .. TransformerStack.DeclareLinear(section + ".embed", plan.Decoder.Width, plan.Frame.Width),
            ParameterSpec.Table(section + ".mask_token", 1, plan.Decoder.Width, decayed: false),
            .. TransformerStack.Declare(plan.Decoder, section),
            .. TransformerStack.DeclareLinear(section + ".predict", answer, plan.Decoder.Width),
        ]);

    /// <summary>Codes first, then one mask token for each place in question; answers of the latter.</summary>
    /// <param name="codes">fp32 [B·K, D].</param>
    /// <param name="codesAt">The patches that they are of, int32 [B·K].</param>
    /// <param name="askedAt">int32 [B·M].</param>
    /// <returns>fp32 [B·M, O].</returns>
    public Tensor Forward(TowerSet towers, Tensor codes, Tensor codesAt, Tensor askedAt, long batch)
    {
        TowerPlan plan = towers.Plan.Decoder;
        Weights weights = towers.Weights;
        long kept = codes.shape[0] / batch, asked = askedAt.shape[0] / batch, width = plan.Width;
        Tensor positions = towers.Positions(plan.Width); // [N, E]
        Tensor embedded = Numerics.Linear(codes.to_type(weights.Dtype), weights, section + ".embed").to_type(ScalarType.Float32); // [B·K, E]
        Tensor seen = (embedded + positions.index_select(0, codesAt)).view(batch, kept, width); // [B, K, E]
        Tensor masks = (weights[section + ".mask_token"].to_type(ScalarType.Float32) + positions.index_select(0, askedAt)).view(batch, asked, width);
        Tensor tokens = cat([seen, masks], 1).view(batch * (kept + asked), width); // [B·(K + M), E]
        var stack = new TransformerStack(plan, weights, section);
        Tensor features = stack.Forward(tokens, batch, kept + asked, hidden: null, AskedOnes); // [B·M, E]
        return Numerics.Linear(features.to_type(weights.Dtype), weights, section + ".predict").to_type(ScalarType.Float32); // [B·M, O]

        Tensor AskedOnes(Tensor rows) => rows.view(batch, kept + asked, width).narrow(1, kept, asked).reshape(batch * asked, width);
    }
}
