using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Heads;
using SslAgent.Learning.Objectives.Parts;
using SslAgent.Learning.Parameters;
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
    // B batch, V views, D width of the tower, K prototypes.
    public const string Section = "dino", Centre = "dino.centre", Warmth = "dino.warmth";

    private const int BottleneckWidth = 256, PrototypesMax = 1024, PrototypesOfWidth = 8, Widening = 4;

    private const double StudentTemperature = 0.1, TeacherTemperatureFirst = 0.04, TeacherTemperatureLast = 0.07, TeacherDecay = 0.996, CentreDecay = 0.9, WarmSteps = 2000;

    public static TwoViewObjective Objective { get; } = new()
    {
        Name = ObjectiveNames.Dino,
        About = new(
            "frames: what a slow copy answers to two large views is answered to small ones too; features that follow objects, strong for k-NN",
            "two passes over whole frames and eight over small views, two of the slow copy; tower and head once more in memory and in every version",
            "Caron et al., Emerging Properties in Self-Supervised Vision Transformers, 2021, section 3.1, equations 1 to 4"),
        Views = plan => ViewPresets.Dino(ViewPresets.DinoLocalSide(plan.ImageSize, plan.PatchSize)),
        Heads = [Section],
        Declare = plan => [Head(plan)],
        Target = Teacher,
        TargetDecay = TeacherDecay,
        DeclareMemory = plan => [new SectionSpec(Centre, [new(Centre, [Prototypes(plan)], Initial.Zeros, Decayed: false), new(Warmth, [1], Initial.Zeros, Decayed: false)])],
        Remember = Remember,
        TermNames = ["entropy", "divergence"],
        ViewLosses = Losses,
        ProbeViewLosses = Lacking,
        TrivialLoss = input => LackingInformation.Trivial(input.View(0).shape[0]),
    };

    public static ObjectiveDefinition Definition { get; } = Objective.ToDefinition();

    /// <summary>The teacher's answers, centred and sharpened (algorithm 1), logarithms of probabilities, of the scores' shape.</summary>
    /// <param name="scores">fp32 [.., K].</param>
    /// <param name="centre">fp32 [K].</param>
    /// <param name="temperature">fp32 [1].</param>
    public static Tensor Answers(Tensor scores, Tensor centre, Tensor temperature) => ((scores - centre) / temperature).log_softmax(-1);

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

    private static ViewLosses Losses(ObjectiveInput input, TwoViews features)
    {
        Tensor scores = TeacherScores(input); // [2, B, K]
        Tensor temperature = (input.RequireState()[Warmth] * (TeacherTemperatureLast - TeacherTemperatureFirst)) + TeacherTemperatureFirst;
        Tensor answers = Answers(scores, input.RequireState()[Centre], temperature); // [2, B, K]
        Tensor losses = CrossEntropies(answers.exp(), Said(input, features)); // [2, B]
        Tensor entropy = (answers.exp() * answers).sum(2).mean().neg();
        return new ViewLosses(losses.view(2 * features.Batch), entropy, losses.detach().mean() - entropy) { Seen = scores.mean([0, 1]) };
    }

    private static Tensor Lacking(ObjectiveInput input, TwoViews features)
    {
        Tensor answers = Answers(TeacherScores(input), input.RequireState()[Centre], tensor((float)TeacherTemperatureLast, device: input.Device)).exp(); // [2, B, K]
        return LackingInformation.Of(CrossEntropies(answers, Said(input, features)).view(2 * features.Batch), answers.view(2 * features.Batch, answers.shape[2]));
    }

    private static Tensor TeacherScores(ObjectiveInput input)
    {
        ModelPlan plan = input.Plan.Model;
        (Tensor one, Tensor other) = TwoViews.Targets(input, Teacher(plan), HeadOf(plan).Forward); // [B, K] each
        return stack([one, other]); // [2, B, K]
    }

    /// <summary>What the student says of all views, logarithms of probabilities [V, B, K].</summary>
    private static Tensor Said(ObjectiveInput input, TwoViews features)
    {
        Tensor locals = input.Towers.Vision.Pool(cat([.. input.Views.Skip(2)])); // [(V - 2)·B, D]
        Tensor scores = HeadOf(input.Plan.Model).Forward(cat([features.Both, locals]), input.Towers.Weights); // [V·B, K]
        return (scores * (1 / StudentTemperature)).log_softmax(1).view(input.Views.Count, features.Batch, scores.shape[1]);
    }

    /// <summary>Equation 4, and the temperature's way.</summary>
    internal static void Remember(StepTaken taken)
    {
        Weights state = taken.RequireState();
        Tensor centre = state[Centre], mean = stack([.. taken.Seen]).mean([0]); // [K]
        centre.copy_(where(taken.Taken > 0, (centre * CentreDecay) + (mean * (1 - CentreDecay)), centre));
        state[Warmth].fill_(Math.Min(1, (taken.StepsBefore(Section) + 1) / WarmSteps));
    }

    private static SlowCopy Teacher(ModelPlan plan) => new("dino.teacher", [VisionTower.Declare(plan), Head(plan)], beginsEqual: true);

    private static SectionSpec Head(ModelPlan plan) => new(Section, [.. HeadOf(plan).Declare()]);

    private static PrototypeHead HeadOf(ModelPlan plan)
    {
        int hidden = Widening * plan.Frame.Width;
        var projection = new MlpHead("dino.projection", [plan.Frame.Width, hidden, hidden, BottleneckWidth], normalizesOutput: false, MlpHidden.NormalizedGelu);
        return new PrototypeHead(Section, projection, BottleneckWidth, Prototypes(plan));
    }

    private static int Prototypes(ModelPlan plan) => Math.Min(PrototypesMax, PrototypesOfWidth * plan.Frame.Width);
}
