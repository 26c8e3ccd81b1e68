using System.Globalization;
using SslAgent.Domain;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Contrastive predictive coding. Van den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding" (2018), sections 2.2 and 2.3, equations 3 and 4: from all that it has seen of a window so far a recurrent
/// context, by a matrix for each step ahead, finds the frame that comes then among all frames of the batch.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: the encoder is the frame tower, the context a gated recurrent unit as wide as it (256 in the paper's speech); three steps are looked ahead (twelve there, of ten milliseconds each); all frames of the batch
/// are candidates, those of the own window too, which nearly look alike, so that features are normalised over the batch before anything is made of them: else what all frames of a camera have in common drowns what tells two of them apart; scores are divided by the root
/// of the width, so that they begin small. Trivial loss: ln of the candidates, what indifferent scores get, and a collapsed network too.
/// </remarks>
internal static class Cpc
{
    // B windows, W frames in each, D width of the tower and of the context, M = B·(W - k) predictions of step k.
    public const string Section = "cpc";

    public const int WindowFrames = 8, StepsAhead = 3;

    public static ObjectiveDefinition Definition { get; } = new()
    {
        Name = ObjectiveNames.Cpc,
        About = new(
            "windows of frames: what was seen so far finds what comes next among all frames of the batch; features of what lasts and moves",
            "one pass over each frame of the windows, a small recurrent context over them",
            "Van den Oord, Li and Vinyals, Representation Learning with Contrastive Predictive Coding, 2018, sections 2.2 and 2.3, equations 3 and 4"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Windows = new(WindowFrames),
        Sections = [VisionTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Context(plan).Declare(), .. Enumerable.Range(1, StepsAhead).Select(step => ParameterSpec.Matrix(PredictionOf(step), plan.Frame.Width, plan.Frame.Width))])],
        TermNames = ["accuracy"],
        Loss = Loss,
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [FrameWindows.Flat(FrameWindows.Pool(input))],
        ProbeLosses = input => PerWindow(input, FrameWindows.Pool(input)).Losses.unsqueeze(0),
        TrivialLoss = input => Math.Log(FrameWindows.FramesOf(input).shape[0]),
    };

    /// <summary>Equation 4 for each prediction, fp32 [M].</summary>
    /// <param name="predictions">Window after window, fp32 [M, D].</param>
    /// <param name="candidates">All frames, window after window, fp32 [B·W, D].</param>
    /// <param name="targets">Which candidate is right, int64 [M].</param>
    public static (Tensor Losses, Tensor IsRight) Contrast(Tensor predictions, Tensor candidates, Tensor targets)
    {
        Tensor scores = predictions.mm(candidates.t()) * (1 / Math.Sqrt(candidates.shape[1])); // [M, B·W]
        Tensor losses = logsumexp(scores, 1) - scores.gather(1, targets.unsqueeze(1)).squeeze(1);
        return (losses, scores.detach().argmax(1).eq(targets).to_type(ScalarType.Float32));
    }

    private static ObjectiveLoss Loss(ObjectiveInput input)
    {
        Tensor features = FrameWindows.Pool(input); // [B, W, D]
        (Tensor losses, Tensor accuracies) = PerWindow(input, features);
        return new ObjectiveLoss(losses.mean(), accuracies.mean()) { Features = () => [FrameWindows.Flat(features)] };
    }

    /// <summary>A window's is the mean over its predictions of a step, and over the steps, fp32 [B] each.</summary>
    private static (Tensor Losses, Tensor Accuracies) PerWindow(ObjectiveInput input, Tensor features)
    {
        Weights weights = input.Towers.Weights;
        (long windows, long frames, long width) = (features.shape[0], features.shape[1], features.shape[2]);
        Tensor candidates = MlpHead.Normalize(FrameWindows.Flat(features)); // [B·W, D]
        Tensor contexts = Context(input.Plan.Model).Forward(candidates.view(windows, frames, width), weights); // [B, W, D]
        var losses = new List<Tensor>();
        var accuracies = new List<Tensor>();
        for (var step = 1; step <= StepsAhead; step++)
        {
            long ahead = frames - step;
            Tensor known = contexts.narrow(1, 0, ahead).reshape(windows * ahead, width).to_type(weights.Dtype);
            Tensor predictions = nn.functional.linear(known, weights[PredictionOf(step)]).to_type(ScalarType.Float32); // [M, D]
            long[] targets = [.. Enumerable.Range(0, (int)(windows * ahead)).Select(row => (row / ahead * frames) + (row % ahead) + step)];
            (Tensor each, Tensor isRight) = Contrast(predictions, candidates, tensor(targets, device: input.Device));
            losses.Add(each.view(windows, ahead).mean([1]));
            accuracies.Add(isRight.view(windows, ahead).mean([1]));
        }

        return (stack(losses).mean([0]), stack(accuracies).mean([0]));
    }

    private static string PredictionOf(int step) => string.Create(CultureInfo.InvariantCulture, $"cpc.predict{step}.weight");

    private static GatedRecurrence Context(ModelPlan plan) => new("cpc.context", plan.Frame.Width, plan.Frame.Width);
}
