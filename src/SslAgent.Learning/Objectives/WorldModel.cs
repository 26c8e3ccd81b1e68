using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Latent dynamics. Schwarzer et al., "Data-Efficient Reinforcement Learning with Self-Predictive Representations" (SPR, ICLR 2021), section 2.2, equations 3 to 5: from what was seen a recurrent model rolls out the features of
/// the frames to come, several steps, each from its own last prediction; the targets are a slow copy's, without a gradient. How wrong it is on a window is the surprise of the window's source.
/// </summary>
/// <remarks>
/// Written from the paper. We differ: nobody acts, so that the model has only what it saw: five frames, and beside each the last text that its source had said by then, in the features of the text tower, which gets no gradient; three frames are
/// predicted (five in the paper), by a recurrent unit and one hidden layer behind it; targets are no projections but features, in units of how each of their numbers varies in the stream of late, so that an error says how much of what tells its moments apart was not foreseen, and
/// nothing is gained by telling less of them; the loss is the mean squared error and not the cosine; what was seen is normalised over the batch; a step predicts what changes, and begins by saying that nothing does; beside the loss stand VICReg's terms against collapse, as Sobal et al.
/// ("Joint Embedding Predictive Architectures Focus on Slow Features", 2022) have them: on a film of one street features fell together without. Trivial loss, measured on the
/// targets: the better of two who know nothing of movement, the last frame seen, and the stream's mean, which costs about 1. A collapsed network has only rounding to foresee.
/// </remarks>
internal static class WorldModel
{
    // B windows, W = C + K frames in each, C seen, K to come, D width of the frame tower, H of the model's state, E of the text tower.
    public const string Section = "world_model";

    public const int Seen = 5, Ahead = 3;

    /// <summary>The model's state is so many times as wide as a feature: places and movements are folded up in features, and have to be laid out to be moved.</summary>
    private const int Widening = 4;

    private const string Foreseen = "world_model.foreseen", Changes = "world_model.changes", Said = "world_model.said";

    private const string Units = "world_model.units", Means = "world_model.units.means", Squares = "world_model.units.squares";

    private const double UnitsDecay = 0.99;

    /// <summary>VICReg's weight of the variance beside that of the covariance (section 4.2).</summary>
    private const double CovarianceShare = 25;

    private static readonly Knob Momentum = Knob.Momentum(0.99, "the paper's where frames are not augmented");

    /// <summary>Of features of variance 1 each: what varies less than a three-hundredth of that is rounding.</summary>
    private const double VarianceEpsilon = 1e-5;

    private static readonly Knob Spread = new(
        "spread", 0.05, 0, 100, "how much features are kept from falling together by VICReg's terms of variance and covariance; 0 leaves them to themselves", "ours; the terms as Sobal et al. 2022 hold a world model by them");

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([Momentum, Spread], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.WorldModel,
        About = new(
            "windows of frames and of what their source said: predicts the features of the next frames; tells by source how surprising it is",
            "one pass over five frames of each window of eight, one of the slow copy over all; the tower once more in memory and in every version, a wide recurrent model beside it",
            "Schwarzer et al., Data-Efficient Reinforcement Learning with Self-Predictive Representations, 2021, section 2.2, equations 3 to 5"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Windows = new(Seen + Ahead, WithTexts: true),
        Sections = [VisionTower.Section, Section],
        Declare = plan => [Declare(plan)],
        DeclareState = plan => [.. Target(plan).DeclareState(), new SectionSpec(Units, [new(Means, [plan.Frame.Width], Initial.Zeros, Decayed: false), new(Squares, [plan.Frame.Width], Initial.Ones, Decayed: false)])],
        TermNames = ["persistence"],
        Loss = input => Loss(input, knobs[Spread]),
        ProbeLosses = input => Errors(input, Targets(input), FrameWindows.Pool(input, 0, Seen)).unsqueeze(0),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [FrameWindows.Flat(FrameWindows.Pool(input, 0, Seen))],
        TrivialLoss = TrivialLoss,
        AfterStep = taken => After(taken, knobs[Momentum]),
    };

    /// <summary>What is to be foreseen.</summary>
    /// <param name="Frames">What the slow copy makes of every frame, in the stream's units, fp32 [B, W, D].</param>
    /// <param name="Batch">Means of the copy's numbers and of their squares over this batch, fp32 [2, D].</param>
    internal sealed record Future(Tensor Frames, Tensor Batch)
    {
        public Tensor Ahead => Frames.narrow(1, Seen, WorldModel.Ahead); // [B, K, D]

        /// <summary>What it costs to say that nothing changes, scalar.</summary>
        public Tensor Persistence => (Frames.narrow(1, Seen - 1, 1) - Ahead).square().mean();
    }

    /// <summary>All without a gradient.</summary>
    public static Future Targets(ObjectiveInput input)
    {
        using IDisposable noGradients = no_grad();
        using Weights weights = Target(input.Plan.Model).Open(input.RequireState(), input.Towers.Weights.Dtype);
        using var towers = new TowerSet(input.Plan.Model, weights);
        Tensor features = Normalize(FrameWindows.Pool(input with { Towers = towers })); // [B, W, D]
        Tensor mean = input.RequireState()[Means], deviation = ((input.RequireState()[Squares] - mean.square()).clamp(min: 0) + VarianceEpsilon).sqrt(); // [D] each
        return new Future((features - mean) / deviation, stack([features.mean([0, 1]), features.square().mean([0, 1])]));
    }

    private static ObjectiveLoss Loss(ObjectiveInput input, double spread)
    {
        Future future = Targets(input);
        Tensor features = FrameWindows.Pool(input, 0, Seen); // [B, C, D]
        Tensor errors = Errors(input, future, features);
        return new ObjectiveLoss(errors.mean(), future.Persistence) { Features = () => [FrameWindows.Flat(features)], Surprise = errors.detach(), Seen = future.Batch, Penalty = Narrowness(Normalize(features)) * spread };
    }

    /// <summary>How far features are from varying, each in its own way: VICReg's terms in their own ratio, scalar.</summary>
    private static Tensor Narrowness(Tensor features)
    {
        Tensor flat = FrameWindows.Flat(features); // [B·C, D]
        return VicReg.Variance(flat) + (VicReg.Covariance(flat) * (1 / CovarianceShare));
    }

    /// <summary>Each window's mean squared error, fp32 [B].</summary>
    private static Tensor Errors(ObjectiveInput input, Future future, Tensor features)
    {
        // By the batch's own deviation: in the slow copy's units a tower that tells ever less apart would be ever less in its own way.
        Tensor seen = MlpHead.Normalize(FrameWindows.Flat(features)).view(features.shape[0], Seen, features.shape[2]); // [B, C, D]
        return (RollOut(input, seen, future.Frames.select(1, Seen - 1)) - future.Ahead).square().mean([1, 2]);
    }

    /// <summary>Predictions of the frames to come, fp32 [B, K, D].</summary>
    /// <param name="seen">fp32 [B, C, D].</param>
    /// <param name="last">What the target of the last frame seen is: where the roll-out begins, fp32 [B, D].</param>
    private static Tensor RollOut(ObjectiveInput input, Tensor seen, Tensor last)
    {
        Weights weights = input.Towers.Weights;
        GatedRecurrence dynamics = Dynamics(input.Plan.Model);
        Tensor state = dynamics.Begin(seen.shape[0], input.Device); // [B, H]
        Tensor? said = WhatWasSaid(input); // [B, C, D]
        for (var step = 0; step < Seen; step++)
            state = dynamics.Step(said is null ? seen.select(1, step) : seen.select(1, step) + said.select(1, step), state, weights);
        var predicted = new Tensor[Ahead];
        for (var step = 0; step < Ahead; step++)
        {
            if (step > 0) state = dynamics.Step(last, state, weights);
            Tensor inner = nn.functional.gelu(Numerics.Linear(state.to_type(weights.Dtype), weights, Foreseen));
            last = last + Numerics.Linear(inner, weights, Changes).to_type(ScalarType.Float32);
            predicted[step] = last;
        }

        return stack(predicted, 1);
    }

    /// <summary>What the texts beside the frames seen add to them, fp32 [B, C, D]; null where there are none, or nobody can read yet.</summary>
    private static Tensor? WhatWasSaid(ObjectiveInput input)
    {
        if (input.Texts is not { } texts) return null;
        int[] rows = [.. Enumerable.Range(0, texts.Rows).Where(row => row % input.WindowFrames < Seen)];
        Tensor embedded;
        using (no_grad()) embedded = Normalize(input.Towers.Text.Pool(new TokenTensors(texts.Select(rows), input.Device))); // [B·C, E]
        Tensor added = Numerics.Linear(embedded.to_type(input.Towers.Weights.Dtype), input.Towers.Weights, Said).to_type(ScalarType.Float32);
        return added.view(rows.Length / Seen, Seen, added.shape[1]);
    }

    private static void After(StepTaken taken, double momentum)
    {
        Weights state = taken.RequireState();
        long before = taken.StepsBefore(Section);
        Target(taken.Plan.Model).Follow(taken.Parameters, state, momentum, before);
        Tensor batch = stack([.. taken.Seen]).mean([0]); // [2, D]
        double kept = Math.Min(UnitsDecay, (1.0 + before) / (10.0 + before)); // What is young has little to remember.
        foreach ((string name, int row) in new[] { (Means, 0), (Squares, 1) })
        {
            Tensor known = state[name];
            known.copy_(where(taken.Taken > 0, (known * kept) + (batch[row] * (1 - kept)), known));
        }
    }

    private static double TrivialLoss(ObjectiveInput input)
    {
        Future future = Targets(input);
        return Math.Min(future.Persistence.cpu().item<float>(), future.Ahead.square().mean().cpu().item<float>());
    }

    /// <summary>Each feature to mean 0 and variance 1, so that errors do not depend on their scale.</summary>
    private static Tensor Normalize(Tensor features) => nn.functional.layer_norm(features, [features.shape[^1]], eps: Numerics.LayerNormEpsilon);

    private static SectionSpec Declare(ModelPlan plan) => new(
        Section,
        [
            .. Dynamics(plan).Declare(),
            // It begins by saying that nothing changes.
            .. TransformerStack.DeclareLinear(Foreseen, Widening * plan.Frame.Width, Widening * plan.Frame.Width),
            new ParameterSpec(Changes + ".weight", [plan.Frame.Width, Widening * plan.Frame.Width], Initial.Zeros, Decayed: true), ParameterSpec.Bias(Changes + ".bias", plan.Frame.Width),
            .. TransformerStack.DeclareLinear(Said, plan.Frame.Width, plan.Text.Width),
        ]);

    private static GatedRecurrence Dynamics(ModelPlan plan) => new("world_model.dynamics", plan.Frame.Width, Widening * plan.Frame.Width);

    private static SlowCopy Target(ModelPlan plan) => new("world_model.target", [VisionTower.Declare(plan)]);
}
