using System.ComponentModel.DataAnnotations;
using System.Globalization;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Options;

/// <summary>How the network is trained (section <c>learning</c>). Options say what is wanted; <see cref="LearnerPlan"/> is what was made of it.</summary>
public sealed record LearningOptions
{
    /// <summary>What to learn by, in turns by weight. Empty (the default) means mae, mlm and clip with weight 1 each.</summary>
    [Required]
    public ObjectiveOptions[] Objectives { get; init; } = [];

    /// <summary>Samples of one micro-batch where an objective does not say otherwise. Default 64.</summary>
    [Range(1, 65_536)]
    public int BatchSize { get; init; } = 64;

    /// <summary>Micro-batches whose gradients are averaged into one optimizer step. Default 1.</summary>
    [Range(1, 1024)]
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>AdamW's step size after warm-up. Default 0.001.</summary>
    [Range(1e-8, 1.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps of a section over which its step size rises from 0, at the beginning and again after a rollback. Default 100.</summary>
    [Range(0, 1_000_000)]
    public int WarmupSteps { get; init; } = 100;

    /// <summary>AdamW's decoupled decay of matrices; biases and gains are never decayed. Default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Decay of the first moment. Default 0.9.</summary>
    [Range(0.0, 0.9999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment. Default 0.95, as He et al. 2021 train MAE.</summary>
    [Range(0.0, 0.99999)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Keeps AdamW's division away from zero. Default 1e-8.</summary>
    [Range(1e-12, 1e-2)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Largest global L2 norm of a step's gradient; longer ones are scaled down. 0 switches clipping off. Default 1.</summary>
    [Range(0.0, 1e6)]
    public double ClipNorm { get; init; } = 1;

    /// <summary>
    /// Decay per step of the running mean of the weights, which is what is probed and served: it takes out the noise of single steps. 0.95 (the default) reaches back about twenty steps;
    /// 0 serves the weights themselves. May be changed at any restart.
    /// </summary>
    [Range(0.0, 0.999999)]
    public double EmaDecay { get; init; } = 0.95;

    /// <summary>
    /// Weight of the distillation loss beside each objective's own: the last promoted version's features stay predictable (CaSSLe, Fini et al. 2022, where it is 1).
    /// Costs one forward pass more. Default 0, off.
    /// </summary>
    [Range(0.0, 1000.0)]
    public double Distillation { get; init; }

    /// <summary>
    /// Weight of the distance from where remembered samples lay when the replay buffer embedded them (DER, Buzzega et al. 2020, in embedding space). Needs a replay policy that
    /// embeds (<c>minred</c>, <c>hybrid</c>). Default 0, off.
    /// </summary>
    [Range(0.0, 1000.0)]
    public double EmbeddingReplay { get; init; }

    /// <summary>
    /// α of the beta distribution by which frames of frame-only batches are mixed with each other, fresh with remembered ones (LUMP, Madaan et al. 2022). Default 0, off.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MixUp { get; init; }

    /// <summary>Share of a frame's patches hidden from MAE's encoder. Default 0.75, as He et al. 2021.</summary>
    [Range(0.05, 0.95)]
    public double MaeMaskRatio { get; init; } = 0.75;

    /// <summary>Share of a text's tokens that MLM predicts. Default 0.15, as Devlin et al. 2018.</summary>
    [Range(0.01, 0.9)]
    public double MlmMaskRate { get; init; } = 0.15;

    /// <summary>Smallest share of a frame's area that a random crop of a frame-only batch keeps. Default 0.5; 1 switches cropping off.</summary>
    [Range(0.05, 1.0)]
    public double CropAreaMin { get; init; } = 0.5;

    /// <summary>The same for frames of pairs, where the caption has to stay true. Default 0.8.</summary>
    [Range(0.05, 1.0)]
    public double PairCropAreaMin { get; init; } = 0.8;

    /// <summary>Whether frame-only batches are mirrored at random. Frames of pairs never are: captions say left and right. Default true.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>
    /// The least time between two frames of a window, for objectives that learn from windows of time: frames that come sooner are passed over, so that something can have moved. Default 0, every frame.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan WindowSpacing { get; init; }

    /// <summary>The most time between two frames of a window: a camera that was away begins anew. Default 0, no limit.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan WindowGapMax { get; init; }

    /// <summary>
    /// Least cosine between the mean features of an augmented view and of its picture, by what would be served at that moment: a view below it is rejected and drawn again, so that no view
    /// leaves what the picture shows. Objectives on views only; costs about as much as their forward passes. Null (the default): views are not checked.
    /// </summary>
    [Range(-1.0, 0.999)]
    public double? ViewCosineMin { get; init; }

    /// <summary>Draws of one view at most; where all are rejected the whole picture stands for it. Default 4.</summary>
    [Range(1, 32)]
    public int ViewDrawsMax { get; init; } = 4;

    /// <summary>What activations are computed in: <c>auto</c>, <c>bf16</c> or <c>fp32</c>. Masters and moments are always fp32. Auto measures once and keeps the faster.</summary>
    [Required, RegularExpression("auto|bf16|fp32")]
    public string Dtype { get; init; } = "auto";

    /// <summary>Where it is computed: <c>auto</c> (a GPU where there is one), <c>cpu</c> or <c>cuda:N</c>.</summary>
    [Required, RegularExpression(@"auto|cpu|cuda:\d+")]
    public string Device { get; init; } = "auto";

    /// <summary>CPU threads of one operation; 0 (the default) takes all processors. Part of the numerics: another count gives other bits.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Steps between two reads of losses and non-finite flags from the device. Default 16.</summary>
    [Range(1, 1024)]
    public int FlagInterval { get; init; } = 16;

    /// <summary>Most sentinels of one era and modality that a probe reads. Default 256.</summary>
    [Range(2, 65_536)]
    public int ProbeSentinelsMax { get; init; } = 256;

    /// <summary>Masks drawn for each sentinel by a probe; their spread is the probe's own noise. Default 3.</summary>
    [Range(2, 64)]
    public int ProbeRepeats { get; init; } = 3;

    /// <summary>What is learned by: the standard objectives where none is named.</summary>
    public IReadOnlyList<ObjectiveOptions> ObjectivesOrStandard() =>
        Objectives.Length > 0 ? Objectives : [.. ObjectiveNames.Standard.Select(name => new ObjectiveOptions { Name = name })];

    /// <summary>Rules between values: one sentence each, with value, unit and reason.</summary>
    public IEnumerable<string> Faults()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ObjectiveOptions objective in Objectives)
        {
            if (!ObjectiveNames.All.Contains(objective.Name))
                yield return $"learning.objectives has '{objective.Name}': known are {string.Join(", ", ObjectiveNames.All)}";
            if (!seen.Add(objective.Name))
                yield return $"learning.objectives has '{objective.Name}' twice: give it one entry with the sum of the weights";
            foreach (string fault in objective.Faults()) yield return fault;
        }

        foreach (string fault in ObjectivesOrStandard().Select(objective => objective.BatchFault(BatchSize)).OfType<string>()) yield return fault;
        if (Objectives.Length > 0 && Objectives.All(objective => objective.Weight == 0))
            yield return "learning.objectives all have weight 0: nothing would be learned";
        if (EmbeddingReplay > 0 && MixUp > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"learning.embeddingReplay is {EmbeddingReplay} and learning.mixUp {MixUp}: what a mixed frame looked like nobody remembers; use one of them");
        if (WindowGapMax > TimeSpan.Zero && WindowGapMax < WindowSpacing)
            yield return $"learning.windowGapMax is {WindowGapMax} and learning.windowSpacing {WindowSpacing}: no two frames would be near enough and far enough";
        if (EmaDecay is > 0 and < 0.5)
            yield return string.Create(CultureInfo.InvariantCulture, $"learning.emaDecay is {EmaDecay} per step: below 0.5 it averages nothing; use 0 to switch it off");
    }
}
