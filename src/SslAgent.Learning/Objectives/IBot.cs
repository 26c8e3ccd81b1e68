using SslAgent.Domain;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Masked image modelling with an online tokenizer. Zhou et al., "iBOT: Image BERT Pre-Training with Online Tokenizer" (ICLR 2022), section 3.1: blocks of patches are replaced by a mask token, and the student is to say of each
/// what a slow copy, which sees the whole frame, answers there. This is iBOT's masked part; its other half is <see cref="Dino"/>, to be named beside it.
/// </summary>
/// <remarks>
/// Reference implementation: bytedance/ibot. We differ: named beside DINO, each has a head and a teacher of its own (shared in the paper, section 3.2); the frame is seen once (two views in the paper); 0.3 of the patches are masked in every frame,
/// so that a batch is one tensor (0.3 give or take 0.2, and none in half of the frames, as the paper's runs have it); head, prototypes and schedules are DINO's here (<see cref="SharpenedTeacher"/>; 8,192 prototypes in the paper); heads normalise over their rows. As with DINO the loss is no
/// measure of what was learned: probes ask, at the last temperature, what the answers lack of telling apart which of the batch's frames a masked patch is of, its place being known. Trivial there: ln B, which a collapsed network
/// gets, and one that answers by the place alone.
/// </remarks>
internal static class IBot
{
    // B batch, N patches, M masked in all, D width of the tower, K prototypes. The teacher sees no mask, so that the token has a section of its own.
    public const string Section = "ibot", MaskSection = "ibot.mask";

    private const string MaskToken = "ibot.mask.mask_token";

    private static readonly Knob MaskedShare = new("maskRatio", 0.3, 0.05, 0.9, "share of a frame's patches that is masked, in blocks", "reference code, pred_ratio");

    public static SharpenedTeacher Teacher { get; } = new(Section);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([MaskedShare, .. SharpenedTeacher.Knobs], Define);

    private static ObjectiveDefinition Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.IBot,
        About = new(
            "frames: hides blocks and says of each hidden patch what a slow copy answers that sees it; beside dino, whose word is on whole frames",
            "one pass over whole frames, one of the slow copy; tower and head once more in memory and in every version",
            "Zhou et al., iBOT: Image BERT Pre-Training with Online Tokenizer, 2022, section 3.1, the loss L_MIM"),
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 2, // Heads normalise over rows, which are one where a frame has few patches.
        Sections = [VisionTower.Section, MaskSection, Section],
        Declare = plan => [new SectionSpec(MaskSection, [ParameterSpec.Table(MaskToken, 1, plan.Frame.Width, decayed: false)]), Teacher.DeclareHead(plan, knobs)],
        DeclareState = plan => [.. Teacher.Copy(plan, knobs).DeclareState(), Teacher.DeclareCentre(plan, knobs)],
        TermNames = ["entropy", "divergence"],
        Loss = input => Loss(input, Hide(input, knobs), knobs),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [MaskedPlaces.Encode(input, Hide(input, knobs), MaskedPlaces.Patches(input), MaskToken)],
        ProbeLosses = input => Lacking(input, Hide(input, knobs), knobs).unsqueeze(0),
        TrivialLoss = input => LackingInformation.Trivial(PatchFilling.FramesOf(input).shape[0]),
        AfterStep = taken =>
        {
            Teacher.Copy(taken.Plan.Model, knobs).Follow(taken.Parameters, taken.RequireState(), SharpenedTeacher.Decay(knobs), taken.StepsBefore(Section));
            Teacher.Remember(taken, knobs);
        },
    };

    /// <summary>The loss where it is known which patches are masked.</summary>
    /// <param name="masked">Their numbers, equally many of each frame, row-major [M].</param>
    public static ObjectiveLoss Loss(ObjectiveInput input, int[] masked, KnobValues knobs)
    {
        Tensor features = MaskedPlaces.Encode(input, masked, MaskedPlaces.Patches(input), MaskToken); // [M, D]
        Tensor scores = TeacherScores(input, knobs); // [B·N, K]
        Tensor answers = Teacher.AnswersNow(scores.index_select(0, PatchFilling.RowIndex(masked, input)), input.RequireState(), knobs); // [M, K]
        Tensor loss = CrossEntropies(answers.exp(), Said(input, features, knobs)).mean();
        Tensor entropy = (answers.exp() * answers).sum(1).mean().neg();
        return new ObjectiveLoss(loss, entropy, loss.detach() - entropy) { Features = () => [features], Seen = scores.mean([0]) };
    }

    /// <summary>The loss of each masked patch, fp32 [M].</summary>
    /// <param name="answers">Probabilities, fp32 [M, K].</param>
    /// <param name="said">Logarithms of the student's probabilities, fp32 [M, K].</param>
    public static Tensor CrossEntropies(Tensor answers, Tensor said) => (answers * said).sum(1).neg();

    public static int[] Hide(ObjectiveInput input, KnobValues knobs) => MaskedPlaces.Draw(input, knobs[MaskedShare]);

    /// <summary>Nats that are missing to know which of the batch's frames masked patches are of, the mean of each frame's, fp32 [B].</summary>
    public static Tensor Lacking(ObjectiveInput input, int[] masked, KnobValues knobs)
    {
        ModelPlan plan = input.Plan.Model;
        long batch = PatchFilling.FramesOf(input).shape[0];
        Tensor answers = Teacher.AnswersAtLast(TeacherScores(input, knobs), input.RequireState(), knobs).exp(); // [B·N, K]
        Tensor usual = answers.view(batch, plan.Patches, answers.shape[1]).mean([0]); // [N, K]: the best answer to a place alone
        Tensor unknown = usual.xlogy(usual).sum(1).neg(); // [N]
        Tensor said = Said(input, MaskedPlaces.Encode(input, masked, MaskedPlaces.Patches(input), MaskToken), knobs); // [M, K]
        Tensor losses = CrossEntropies(answers.index_select(0, PatchFilling.RowIndex(masked, input)), said); // [M]
        return (losses - unknown.index_select(0, tensor(masked, device: input.Device))).view(batch, masked.Length / batch).mean([1]) + LackingInformation.Trivial(batch);
    }

    /// <summary>What the slow copy makes of every patch of whole frames, without a gradient, fp32 [B·N, K].</summary>
    private static Tensor TeacherScores(ObjectiveInput input, KnobValues knobs)
    {
        using IDisposable noGradients = no_grad();
        ModelPlan plan = input.Plan.Model;
        using Weights weights = Teacher.Copy(plan, knobs).Open(input.RequireState(), input.Towers.Weights.Dtype);
        using var towers = new TowerSet(plan, weights);
        Tensor patches = towers.Vision.Patchify(PatchFilling.FramesOf(input)); // [B, N, P]
        return Teacher.Head(plan, knobs).Forward(towers.Vision.Encode(patches, towers.Vision.Positions.unsqueeze(0)), weights);
    }

    /// <summary>What the student says of masked patches, logarithms of probabilities [M, K].</summary>
    private static Tensor Said(ObjectiveInput input, Tensor features, KnobValues knobs) =>
        SharpenedTeacher.Say(Teacher.Head(input.Plan.Model, knobs).Forward(features, input.Towers.Weights), knobs);
}
