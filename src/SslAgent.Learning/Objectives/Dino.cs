using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives;

/// <summary>
/// Self-distillation without labels. Caron et al., "Emerging Properties in Self-Supervised Vision Transformers" (DINO, ICCV 2021), section 3.1, equations 1 to 4 and algorithm 1: what a slow copy, the teacher, answers to
/// each of two global views, centred and sharpened, the student is to answer to every other view, small local ones among them.
/// </summary>
/// <remarks>
/// Reference implementation: facebookresearch/dino. We differ: features are mean patch features, not a class token's; 1,024 prototypes, eight for each feature in towers narrower than any preset's (65,536 for ImageNet's million pictures); hidden layers are four features wide
/// (2,048, five of ViT-S's) and normalised over all views of the batch (an option of the reference code, off for its ViTs: a young tower's mean features hardly differ, and answers stay even for long); the teacher's decay is 0.996 for good and its temperature rises over 2,000 steps, since a stream has no epochs; the last layer is trained from the beginning; a view's places are those of the
/// whole picture, evaluated and not interpolated (<see cref="SineCosinePositions"/>). The batch's mean joins the centre where the step was taken. Temperatures 0.1 and 0.04 to 0.07, centre's decay 0.9 (section 3.1,
/// reference code). The loss is no measure of what was learned, since the
/// teacher's own entropy is part of it: probes ask, at the last temperature, what the answers lack of telling frames apart (<see cref="LackingInformation"/>); trivial there: ln B, and a collapsed network gets the
/// same. Where the views of a frame have too little in common for the student to tell, the answers
/// grow even all the same, and the probe says ln B. Without the centre one prototype takes all and the term "entropy" falls to 0; without sharpening it rises to ln K; "divergence" falls to 0 in either case (section 5.3).
/// </remarks>
internal static class Dino
{
    // B batch, V views, K prototypes.
    public const string Section = "dino";

    private static readonly Knob LocalViews = Knob.Count("localViews", 1, 8, 32, "small views of each frame: a pass over each", "reference code");

    public static SharpenedTeacher Teacher { get; } = new(Section);

    public static TwoViewObjective Objective { get; } = Define(KnobValues.None);

    public static ObjectiveDefinition Definition { get; } = ObjectiveDefinition.Tunable([.. SharpenedTeacher.Knobs, LocalViews], knobs => Define(knobs).ToDefinition());

    private static TwoViewObjective Define(KnobValues knobs) => new()
    {
        Name = ObjectiveNames.Dino,
        About = new(
            "frames: what a slow copy answers to two large views is answered to small ones too; features that follow objects, strong for k-NN",
            "two passes over whole frames and eight over small views, two of the slow copy; tower and head once more in memory and in every version",
            "Caron et al., Emerging Properties in Self-Supervised Vision Transformers, 2021, section 3.1, equations 1 to 4"),
        Views = plan => ViewPresets.Dino(ViewPresets.DinoLocalSide(plan.ImageSize, plan.PatchSize), knobs.Whole(LocalViews)),
        Heads = [Section],
        Declare = plan => [Teacher.DeclareHead(plan, knobs)],
        Target = plan => Teacher.Copy(plan, knobs),
        TargetDecay = SharpenedTeacher.Decay(knobs),
        DeclareMemory = plan => [Teacher.DeclareCentre(plan, knobs)],
        Remember = taken => Teacher.Remember(taken, knobs),
        TermNames = ["entropy", "divergence"],
        ViewLosses = (input, features) => Losses(input, features, knobs),
        ProbeViewLosses = (input, features) => Lacking(input, features, knobs),
        TrivialLoss = input => LackingInformation.Trivial(input.View(0).shape[0]),
    };

    /// <summary>Equation 3 for each global view: the mean cross-entropy of its answer with what the student says of the other views, fp32 [2, B].</summary>
    /// <param name="answers">Probabilities, fp32 [2, B, K].</param>
    /// <param name="said">Logarithms of the student's probabilities for all views, the global ones first, fp32 [V, B, K].</param>
    public static Tensor CrossEntropies(Tensor answers, Tensor said)
    {
        long views = said.shape[0];
        Shape.Require(said, "the student's answers", views, answers.shape[1], answers.shape[2]);
        Tensor others = said.sum([0], keepdim: true) - said.narrow(0, 0, 2); // [2, B, K]
        return (answers * others).sum(2) * (-1.0 / (views - 1));
    }

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        Tensor scores = TeacherScores(input, knobs); // [2, B, K]
        Tensor answers = Teacher.AnswersNow(scores, input.RequireState(), knobs); // [2, B, K]
        Tensor losses = CrossEntropies(answers.exp(), Said(input, features, knobs)); // [2, B]
        Tensor entropy = (answers.exp() * answers).sum(2).mean().neg();
        return new ViewLosses(losses.view(2 * features.Batch), entropy, losses.detach().mean() - entropy) { Seen = scores.mean([0, 1]) };
    }

    private static Tensor Lacking(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        Tensor answers = Teacher.AnswersAtLast(TeacherScores(input, knobs), input.RequireState(), knobs).exp(); // [2, B, K]
        return LackingInformation.Of(CrossEntropies(answers, Said(input, features, knobs)).view(2 * features.Batch), answers.view(2 * features.Batch, answers.shape[2]));
    }

    private static Tensor TeacherScores(ObjectiveInput input, KnobValues knobs)
    {
        ModelPlan plan = input.Plan.Model;
        (Tensor one, Tensor other) = TwoViews.Targets(input, Teacher.Copy(plan, knobs), Teacher.Head(plan, knobs).Forward); // [B, K] each
        return stack([one, other]); // [2, B, K]
    }

    /// <summary>What the student says of all views, logarithms of probabilities [V, B, K].</summary>
    private static Tensor Said(ObjectiveInput input, TwoViews features, KnobValues knobs)
    {
        Tensor locals = input.Towers.Vision.Pool(cat([.. input.Views.Skip(2)])); // [(V - 2)·B, D]
        Tensor scores = Teacher.Head(input.Plan.Model, knobs).Forward(cat([features.Both, locals]), input.Towers.Weights); // [V·B, K]
        return SharpenedTeacher.Say(scores, knobs).view(input.Views.Count, features.Batch, scores.shape[1]);
    }
}
