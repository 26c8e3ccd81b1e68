using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// What is an objective's own among those on two views of each frame; the rest is the same for all. Exactly one of the two losses is given. Further views are the loss's own business.
/// </summary>
internal sealed record TwoViewObjective
{
    public required string Name { get; init; }

    public required ObjectiveAbout About { get; init; }

    public required Func<ModelPlan, IReadOnlyList<ViewPlan>> Views { get; init; }

    /// <summary>The sections of its heads; a step reports the rate of the last.</summary>
    public required IReadOnlyList<string> Heads { get; init; }

    public required Func<ModelPlan, IEnumerable<SectionSpec>> Declare { get; init; }

    /// <summary>The slow copy whose word is the target, or null.</summary>
    public Func<ModelPlan, SlowCopy>? Target { get; init; }

    /// <summary>What the slow copy keeps of itself at a step.</summary>
    public double TargetDecay { get; init; }

    /// <summary>What it keeps besides a slow copy.</summary>
    public Func<ModelPlan, IEnumerable<SectionSpec>> DeclareMemory { get; init; } = _ => [];

    /// <summary>Moves that after a step, or null.</summary>
    public Action<StepTaken>? Remember { get; init; }

    public IReadOnlyList<string> TermNames { get; init; } = [];

    /// <summary>A loss that each view has by itself.</summary>
    public Func<ObjectiveInput, TwoViews, ViewLosses>? ViewLosses { get; init; }

    /// <summary>The same as a probe asks it, fp32 [2B], where a probe is not to ask as training does: of what the stream has just been, and how far a schedule has come.</summary>
    public Func<ObjectiveInput, TwoViews, Tensor>? ProbeViewLosses { get; init; }

    /// <summary>A loss that is the whole batch's, with its terms.</summary>
    public Func<ObjectiveInput, TwoViews, ObjectiveLoss>? BatchLoss { get; init; }

    public required Func<ObjectiveInput, double> TrivialLoss { get; init; }

    public ObjectiveDefinition ToDefinition() => new()
    {
        Name = Name,
        About = About,
        Modality = Modality.Frame,
        ReadsText = false,
        SamplesMin = 2, // Heads normalise over the batch.
        Sections = [VisionTower.Section, .. Heads],
        Declare = Declare,
        DeclareState = plan => [.. Target?.Invoke(plan).DeclareState() ?? [], .. DeclareMemory(plan)],
        TermNames = TermNames,
        FeatureWidths = plan => [plan.Frame.Width],
        Features = input => [TwoViews.Pool(input).Both],
        Views = Views,
        Loss = Loss,
        ProbeLosses = ProbeLosses,
        TrivialLoss = TrivialLoss,
        AfterStep = Target is null && Remember is null ? null : After,
    };

    private ObjectiveLoss Loss(ObjectiveInput input)
    {
        TwoViews features = TwoViews.Pool(input);
        ObjectiveLoss loss = BatchLoss?.Invoke(input, features) ?? Mean(LossesOf(input, features));
        return loss with { Features = () => [features.Both] };

        static ObjectiveLoss Mean(ViewLosses losses) => new(losses.Each.mean(), losses.Terms) { Seen = losses.Seen };
    }

    /// <summary>A frame's is the mean of its two views'; where the loss is the batch's, each of its frames has it. fp32 [1, B].</summary>
    private Tensor ProbeLosses(ObjectiveInput input)
    {
        TwoViews features = TwoViews.Pool(input);
        if (BatchLoss is not null) return BatchLoss(input, features).Loss.detach().view(1, 1).expand(1, features.Batch);
        Tensor each = ProbeViewLosses?.Invoke(input, features) ?? LossesOf(input, features).Each;
        return each.view(2, features.Batch).mean([0], keepdim: true);
    }

    private ViewLosses LossesOf(ObjectiveInput input, TwoViews features) => Check.NotNull(ViewLosses, "an objective has a loss")(input, features);

    private void After(StepTaken taken)
    {
        Target?.Invoke(taken.Plan.Model).Follow(taken.Parameters, taken.RequireState(), TargetDecay, taken.StepsBefore(Heads[^1]));
        Remember?.Invoke(taken);
    }
}
