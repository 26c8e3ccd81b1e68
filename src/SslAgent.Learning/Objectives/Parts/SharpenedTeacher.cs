using SslAgent.Learning.Heads;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// A slow copy whose word, centred and sharpened, is the target: DINO's teacher (Caron et al. 2021, section 3.1, equation 4 and algorithm 1), which iBOT has for patches too (Zhou et al. 2022, section 3.2). Student and teacher have a
/// tower and a head of prototypes each; in the objective's state lie the teacher, the centre of its scores, and how far its temperature has come. Immutable.
/// </summary>
/// <param name="section">The head's section, and where all names begin.</param>
internal sealed class SharpenedTeacher(string section)
{
    // R rows, K prototypes.
    private const int BottleneckWidth = 256, PrototypesMax = 1024, PrototypesOfWidth = 8, Widening = 4;

    private static readonly Knob
        StudentTemperature = new("studentTemperature", 0.1, 0.01, 1, "what the student's scores are divided by", "DINO, section 3.1"),
        TeacherTemperatureFirst = new("teacherTemperatureFirst", 0.04, 0.01, 1, "what the teacher's scores are divided by at the beginning: below the student's, or nothing is sharpened", "DINO, section 3.1"),
        TeacherTemperatureLast = new("teacherTemperatureLast", 0.07, 0.01, 1, "the same when it has risen", "DINO, section 3.1"),
        WarmSteps = Knob.Count("warmSteps", 1, 2000, 10_000_000, "steps over which the teacher's temperature rises", "30 epochs in the papers, which a stream does not have"),
        Momentum = Knob.Momentum(0.996, "DINO, section 3.1, at the beginning"),
        CentreDecay = new("centreMomentum", 0.9, 0, 0.9999, "what the centre keeps of itself at a step", "DINO, equation 4, reference code"),
        PrototypesKnob = Knob.Count("prototypes", 2, PrototypesMax, 65_536, "answers that there are: a vector each in student and teacher; by default 8 for each feature where the tower is narrower than 128", "65,536 in DINO and 8,192 in iBOT, for a million pictures")
            with
        { DefaultOf = plan => Prototypes(plan.Model, KnobValues.None) };

    /// <summary>Those that every objective with such a teacher has.</summary>
    public static IReadOnlyList<Knob> Knobs { get; } = [StudentTemperature, TeacherTemperatureFirst, TeacherTemperatureLast, WarmSteps, Momentum, CentreDecay, PrototypesKnob];

    public string Centre => section + ".centre";

    public string Warmth => section + ".warmth";

    public static double Decay(KnobValues knobs) => knobs[Momentum];

    /// <summary>The teacher's answers, centred and sharpened (DINO, algorithm 1), logarithms of probabilities, of the scores' shape.</summary>
    /// <param name="scores">fp32 [.., K].</param>
    /// <param name="centre">fp32 [K].</param>
    /// <param name="temperature">fp32 [1].</param>
    public static Tensor Answers(Tensor scores, Tensor centre, Tensor temperature) => ((scores - centre) / temperature).log_softmax(-1);

    /// <summary>What the student says, logarithms of probabilities, of the scores' shape.</summary>
    /// <param name="scores">fp32 [.., K].</param>
    public static Tensor Say(Tensor scores, KnobValues knobs) => (scores * (1 / knobs[StudentTemperature])).log_softmax(-1);

    public SlowCopy Copy(ModelPlan plan, KnobValues knobs) => new(section + ".teacher", [VisionTower.Declare(plan), DeclareHead(plan, knobs)]);

    public PrototypeHead Head(ModelPlan plan, KnobValues knobs)
    {
        int hidden = Widening * plan.Frame.Width;
        var projection = new MlpHead(section + ".projection", [plan.Frame.Width, hidden, hidden, BottleneckWidth], normalizesOutput: false, MlpHidden.NormalizedGelu);
        return new PrototypeHead(section, projection, BottleneckWidth, Prototypes(plan, knobs));
    }

    public SectionSpec DeclareHead(ModelPlan plan, KnobValues knobs) => new(section, [.. Head(plan, knobs).Declare()]);

    public SectionSpec DeclareCentre(ModelPlan plan, KnobValues knobs) =>
        new(Centre, [new(Centre, [Prototypes(plan, knobs)], Initial.Zeros, Decayed: false), new(Warmth, [1], Initial.Zeros, Decayed: false)]);

    /// <summary>Answers at the temperature that it has come to.</summary>
    public Tensor AnswersNow(Tensor scores, Weights state, KnobValues knobs)
    {
        double first = knobs[TeacherTemperatureFirst], last = knobs[TeacherTemperatureLast];
        return Answers(scores, state[Centre], (state[Warmth] * (last - first)) + first);
    }

    /// <summary>Answers at the last temperature, as probes ask: two versions' are then of the same sharpness.</summary>
    public Tensor AnswersAtLast(Tensor scores, Weights state, KnobValues knobs) => Answers(scores, state[Centre], tensor((float)knobs[TeacherTemperatureLast], device: scores.device));

    /// <summary>DINO's equation 4, and the temperature's way. Micro-batches leave the mean of their scores, fp32 [K].</summary>
    public void Remember(StepTaken taken, KnobValues knobs)
    {
        Weights state = taken.RequireState();
        double kept = knobs[CentreDecay];
        Tensor centre = state[Centre], mean = stack([.. taken.Seen]).mean([0]); // [K]
        centre.copy_(where(taken.Taken > 0, (centre * kept) + (mean * (1 - kept)), centre));
        state[Warmth].fill_(Math.Min(1, (taken.StepsBefore(section) + 1) / knobs[WarmSteps]));
    }

    private static int Prototypes(ModelPlan plan, KnobValues knobs) => knobs.Whole(PrototypesKnob, Math.Min(PrototypesMax, PrototypesOfWidth * plan.Frame.Width));
}
