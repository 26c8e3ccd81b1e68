using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Learning.Planning;

/// <summary>What activations are computed in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ComputeDtype>))]
public enum ComputeDtype
{
    Fp32 = 0,
    Bf16 = 1,
}

/// <summary>One objective's part in the plan.</summary>
/// <param name="Knobs">All of its knobs; null in plans from before there were any, and for an objective that has none.</param>
/// <param name="Every">It takes part in each so many-th cycle; null: in every one, as in plans from before that could be said.</param>
public sealed record ObjectivePlan(
    string Name, double Weight, int BatchSize,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, double>? Knobs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Every = null)
{
    /// <summary>Those that take part in a cycle: where none would, all do, so that no cycle is idle for that alone.</summary>
    internal static ObjectivePlan[] DueIn(CycleNumber cycle, ObjectivePlan[] able)
    {
        ObjectivePlan[] due = [.. able.Where(objective => cycle.Value % (objective.Every ?? 1) == 0)];
        return due.Length > 0 ? due : able;
    }
}

/// <summary>AdamW, clipping and averaging. Units as in the options of the same names.</summary>
public sealed record OptimizerPlan(
    double LearningRate, int WarmupSteps, double WeightDecay, double Beta1, double Beta2, double Epsilon, double ClipNorm, double EmaDecay);

/// <summary>What is hidden from the network.</summary>
/// <param name="PatchesKept">Patches of a frame that MAE's encoder sees.</param>
/// <param name="TokenRate">Share of a text's tokens that MLM predicts.</param>
public sealed record MaskingPlan(int PatchesKept, double TokenRate);

/// <summary>Random crops and mirroring of training frames; probes and embeddings see whole frames.</summary>
/// <param name="Check">What views are held against; null where they are not, as in plans from before they could be.</param>
public sealed record AugmentationPlan(
    double CropAreaMin, double PairCropAreaMin, bool Flip, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ViewCheckPlan? Check = null);

/// <summary>When an augmented view is rejected.</summary>
/// <param name="CosineMin">Least cosine of its mean feature with its picture's.</param>
/// <param name="DrawsMax">Draws of one view at most.</param>
public sealed record ViewCheckPlan(double CosineMin, int DrawsMax);

/// <summary>Per-channel mean and standard deviation of pixels in [0, 1] that frames are normalised by.</summary>
public sealed record NormalizationPlan(IReadOnlyList<double> Mean, IReadOnlyList<double> Std)
{
    /// <summary>ImageNet's customary constants; any fixed ones will do, as long as they never change in a lineage.</summary>
    public static NormalizationPlan Default { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
}

/// <summary>What holds the learner to what it knew, beside replay. Each is a weight, 0 where it is off.</summary>
/// <param name="Distillation">Share of the distillation loss (CaSSLe) beside each objective's own.</param>
/// <param name="EmbeddingReplay">Share of the distance from remembered embeddings (DER) beside each objective's own loss.</param>
/// <param name="MixUp">α of the beta distribution that frames are mixed by (LUMP).</param>
public sealed record RegularizationPlan(double Distillation, double EmbeddingReplay, double MixUp)
{
    public static RegularizationPlan None { get; } = new(0, 0, 0);

    /// <summary>Whether the last promoted version is needed while training.</summary>
    [JsonIgnore]
    public bool NeedsTeacher => Distillation > 0;
}

/// <summary>Where and in what the numbers are computed: with the plan's other values all that the bits depend on, the machine's kind apart.</summary>
public sealed record ComputePlan(string Device, ComputeDtype Dtype, int Threads, int AccumulationSteps, int FlagInterval);

/// <summary>What windows of time are, for objectives that learn from them.</summary>
/// <param name="SpacingMs">The least time between two frames of a window; 0 takes every frame.</param>
/// <param name="GapMaxMs">The most; 0 knows no limit.</param>
public sealed record WindowPlan(double SpacingMs, double GapMaxMs)
{
    public static WindowPlan Default { get; } = new(0, 0);
}

/// <summary>How a version is probed.</summary>
public sealed record ProbePlan(int SentinelsMax, int Repeats);

/// <summary>
/// Every value that training depends on, resolved once; written into the journal with each cycle. Immutable.
/// </summary>
/// <param name="Seed">The lineage's seed, the root of all chance.</param>
public sealed record LearnerPlan(
    ulong Seed,
    ModelPlan Model,
    IReadOnlyList<ObjectivePlan> Objectives,
    OptimizerPlan Optimizer,
    MaskingPlan Masking,
    AugmentationPlan Augmentation,
    NormalizationPlan Normalization,
    ComputePlan Compute,
    ProbePlan Probe,
    RegularizationPlan Regularization)
{
    /// <summary>Plans that were written before there were windows have the default.</summary>
    public WindowPlan Windows { get; init => field = value ?? WindowPlan.Default; } = WindowPlan.Default;

    public string ToJson() => JsonSerializer.Serialize(this, PlanJson.Default.LearnerPlan);

    /// <summary>Reads what <see cref="ToJson"/> wrote. Throws <see cref="JsonException"/> on anything else.</summary>
    public static LearnerPlan FromJson(string json) =>
        JsonSerializer.Deserialize(json, PlanJson.Default.LearnerPlan) ?? throw new JsonException("a plan cannot be null");

    /// <summary>Why weights trained under <paramref name="stored"/> cannot go on under this plan, one sentence each; empty where they can.</summary>
    public IReadOnlyList<string> ConflictsWith(LearnerPlan stored)
    {
        Check.NotNull(stored, "a stored plan is compared");
        List<string> conflicts = [.. Model.DifferencesFrom(stored.Model)];
        if (Seed != stored.Seed) conflicts.Add($"agent.seed is {Seed}, and {stored.Seed} in the stored state");
        return conflicts;
    }
}
