using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Contrastive language-image pretraining. Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (2021), section 2.3 and figure 3:
/// symmetric cross-entropy over the cosines of a batch, with a learned temperature whose scale never exceeds 100.
/// </summary>
/// <remarks>
/// Reference implementation: openai/CLIP, model.py. We differ: texts that are equal count as positives of each other's frames and share the
/// target evenly (captions repeat in a stream, and a repeated caption is no negative); features are means, not class tokens.
/// Trivial loss: ln B, what indifferent scores get with any such targets. Probes measure at the temperature that suits the held-out pairs best:
/// the vectors are served without one, and on few pairs the learned one grows overconfident while retrieval still gets better.
/// </remarks>
internal static class Clip
{
    // B batch, D width of a tower, J width of the joint space.
    public const string Section = "clip", FrameProjection = "clip.frame.weight", TextProjection = "clip.text.weight", LogitScale = "clip.logit_scale";

    private const double ProbeScaleMax = 100;

    private const int ProbeScales = 25;

    private static readonly Knob ScaleMax = new("scaleMax", 100, 1, 1000, "most that the learned scale of the cosines may become", "section 2.5");

    /// <summary>Scales that a probe tries, evenly in their logarithm from 1, where scores hardly differ, to the largest.</summary>
    public static IReadOnlyList<double> ScalesTried { get; } = [.. Enumerable.Range(0, ProbeScales).Select(step => Math.Pow(ProbeScaleMax, step / (ProbeScales - 1.0)))];

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([ScaleMax], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Clip,
        About = new(
            "frames with text: brings a frame and its own text together in a space that both can be searched in",
            "a pass over whole frames and one over their texts; more pairs in a batch, more to tell apart",
            "Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021, section 2.3"),
        Modality = Modality.Pair,
        ReadsText = true,
        SamplesMin = 2,
        Sections = [VisionTower.Section, TextTower.Section, Section],
        Declare = plan => [Declare(plan, knobs[ScaleMax])],
        TermNames = ["accuracy", "scale"],
        Loss = Loss,
        FeatureWidths = plan => [plan.JointWidth, plan.JointWidth],
        Features = Embed,
        ProbeLosses = ProbeLosses,
        VouchesForFeatures = true,
        TrivialLoss = input => Math.Log(Check.NotNull(input.Texts, "pairs have texts").Rows),
    };

    public static ObjectiveLoss Loss(ObjectiveInput input)
    {
        Tensor[] features = Embed(input);
        (Tensor cosines, Tensor positives) = Compare(input, features);
        Tensor scale = input.Towers.Weights[LogitScale].to_type(ScalarType.Float32).exp(); // [1]
        Tensor logits = cosines * scale; // [B, B]
        return new ObjectiveLoss(SymmetricCrossEntropy(logits, positives), Accuracy(logits.detach(), positives), scale.detach().squeeze()) { Features = () => features };
    }

    /// <summary>Each pair's loss at each of the probe's scales, fp32 [C, B].</summary>
    public static Tensor ProbeLosses(ObjectiveInput input)
    {
        (Tensor cosines, Tensor positives) = Compare(input, Embed(input));
        return stack(ScalesTried.Select(scale => CrossEntropies(cosines * scale, positives)).ToArray());
    }

    /// <summary>Frames fp32 [B, 3, S, S] → unit vectors fp32 [B, J].</summary>
    public static Tensor EmbedFrames(TowerSet towers, Tensor frames) => Project(towers.Vision.Pool(frames), towers.Weights, FrameProjection);

    /// <summary>Texts → unit vectors fp32 [B, J].</summary>
    public static Tensor EmbedTexts(TowerSet towers, TokenTensors texts) => Project(towers.Text.Pool(texts), towers.Weights, TextProjection);

    /// <summary>Half the cross-entropy of frames choosing among texts, half that of texts choosing among frames, scalar.</summary>
    /// <param name="positives">Symmetric, 1 where the row's text equals the column's, else 0 [B, B].</param>
    public static Tensor SymmetricCrossEntropy(Tensor logits, Tensor positives)
    {
        Tensor target = positives / positives.sum(1, keepdim: true); // [B, B], rows sum to 1
        Tensor byFrame = (target * logits.log_softmax(1)).sum(1).mean();
        Tensor byText = (target * logits.t().log_softmax(1)).sum(1).mean();
        return (byFrame + byText) * -0.5;
    }

    /// <summary>The same of each pair [B].</summary>
    public static Tensor CrossEntropies(Tensor logits, Tensor positives)
    {
        Tensor target = positives / positives.sum(1, keepdim: true); // [B, B], rows sum to 1
        return (target * (logits.log_softmax(1) + logits.t().log_softmax(1))).sum(1) * -0.5; // [B]
    }

    /// <summary>1 where two rows have equal tokens, row-major [B·B].</summary>
    public static float[] Positives(TokenBatch texts)
    {
        var equal = new float[texts.Rows * texts.Rows];
        for (var row = 0; row < texts.Rows; row++)
        {
            for (var column = 0; column < texts.Rows; column++)
                equal[row * texts.Rows + column] = texts.Row(row).SequenceEqual(texts.Row(column)) ? 1 : 0;
        }

        return equal;
    }

    /// <summary>Unit vectors of the frames and of their texts, both fp32 [B, J].</summary>
    public static Tensor[] Embed(ObjectiveInput input) =>
    [
        EmbedFrames(input.Towers, Check.NotNull(input.Frames, "pairs have frames")),
        EmbedTexts(input.Towers, new TokenTensors(Check.NotNull(input.Texts, "pairs have texts"), input.Device)),
    ];

    /// <summary>Cosines of every frame with every text, and which of them belong together, both fp32 [B, B].</summary>
    public static (Tensor Cosines, Tensor Positives) Compare(ObjectiveInput input, Tensor[] features)
    {
        TokenBatch texts = Check.NotNull(input.Texts, "pairs have texts");
        return (features[0].mm(features[1].t()), tensor(Positives(texts), device: input.Device).view(texts.Rows, texts.Rows));
    }

    private static SectionSpec Declare(ModelPlan plan, double scaleMax) => new(
        Section,
        [
            ParameterSpec.Matrix(FrameProjection, plan.JointWidth, plan.Frame.Width),
            ParameterSpec.Matrix(TextProjection, plan.JointWidth, plan.Text.Width),
            new ParameterSpec(LogitScale, [1], Initial.LogitScale, Decayed: false, Math.Log(scaleMax)),
        ]);

    private static Tensor Project(Tensor pooled, Weights weights, string name)
    {
        Tensor projected = nn.functional.linear(pooled.to_type(weights.Dtype), weights[name]); // [B, J]
        return nn.functional.normalize(projected.to_type(ScalarType.Float32), dim: 1);
    }

    /// <summary>Share of frames whose best text is one of their own, scalar.</summary>
    public static Tensor Accuracy(Tensor logits, Tensor positives) =>
        positives.gather(1, logits.argmax(1).unsqueeze(1)).mean();
}
