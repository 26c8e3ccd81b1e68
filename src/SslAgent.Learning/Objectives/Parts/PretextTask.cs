using SslAgent.Domain;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>What is asked of a batch: what was encoded for it, what the head makes of that, and what is right.</summary>
/// <param name="Features">One row for each thing that was encoded, fp32 [R, D].</param>
/// <param name="Answers">Scores of the classes, fp32 [Q, C].</param>
/// <param name="Right">The class that is right, int64 [Q].</param>
internal sealed record PretextQuestions(Tensor Features, Func<Tensor> Answers, long[] Right);

/// <summary>
/// What is a pretext task's own: a question about a frame whose answer the frame itself gives, as one of some classes. The rest is the same for all: cross-entropy, the share of right answers, and what indifference costs.
/// </summary>
internal sealed record PretextTask
{
    // Q questions, C classes.
    public required string Name { get; init; }

    public required ObjectiveAbout About { get; init; }

    /// <summary>The head's section.</summary>
    public required string Section { get; init; }

    public required Func<ModelPlan, IEnumerable<ParameterSpec>> Declare { get; init; }

    /// <summary>Answers that there are, each as often right as any other.</summary>
    public required int Classes { get; init; }

    /// <summary>Asks about the input's frames, by its key.</summary>
    public required Func<ObjectiveInput, PretextQuestions> Ask { get; init; }

    public ObjectiveDefinition ToDefinition() => new()
    {
        Name = Name,
        About = About,
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 1,
        Sections = [VisionTower.Section, Section],
        Declare = plan => [new SectionSpec(Section, [.. Declare(plan)])],
        TermNames = ["accuracy"],
        Loss = input => Loss(Ask(input)),
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [Ask(input).Features],
        TrivialLoss = _ => Math.Log(Classes),
    };

    /// <summary>Mean surprise at the right answers.</summary>
    public static ObjectiveLoss Loss(PretextQuestions questions)
    {
        Tensor answers = questions.Answers(), right = tensor(questions.Right, device: questions.Features.device);
        Tensor accuracy = answers.detach().argmax(1).eq(right).to_type(ScalarType.Float32).mean();
        return new ObjectiveLoss(Mlm.CrossEntropy(answers, right), accuracy) { Features = () => [questions.Features] };
    }
}
