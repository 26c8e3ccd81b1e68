using SslAgent.Domain;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.State;

/// <summary>One section in <c>learner.json</c>: its counters, and how many numbers of the flat tensors are its own, in their order.</summary>
internal sealed record SectionCounters(string Section, long Elements, long Steps, long WarmFrom);

/// <summary>The file <c>learner.json</c>: what training needs besides tensors.</summary>
/// <param name="StateSections">What objectives keep besides weights, in the order of its flat tensor; counters there mean nothing.</param>
internal sealed record LearnerCounters(
    int Format, IReadOnlyList<SectionCounters> Sections, IReadOnlyList<SectionCounters> StateSections, CycleProgress? Progress)
{
    /// <summary>How surprising each source has been; none where nothing was predicted.</summary>
    public IReadOnlyList<SourceSurprise> Surprises { get; init => field = value ?? []; } = [];

    public const string FileName = "learner.json";

    public const int FormatCurrent = 2;
}

/// <summary>The file <c>model.json</c>: what somebody who loads the weights elsewhere has to know.</summary>
/// <param name="Served"><c>ema</c> or <c>raw</c>.</param>
/// <param name="TokensInUse">Rows of the token table with a meaning; 0 before the tokenizer was frozen.</param>
internal sealed record ModelDescription(
    int Format, string Served, ModelPlan Model, NormalizationPlan Normalization, double LayerNormEpsilon, double PatchVarianceEpsilon, int PatchesKept, int TokensInUse,
    bool HasJointSpace)
{
    public const string FileName = "model.json";

    public const int FormatCurrent = 1;
}
