namespace SslAgent.Learning.Objectives;

/// <summary>Names of the objectives, as options, plans, reports and stored weights spell them.</summary>
public static class ObjectiveNames
{
    public const string Mae = "mae", Mlm = "mlm", Clip = "clip";

    public const string SimClr = "simclr", SimClrHard = "simclr-hard", SimClrAdversarial = "simclr-adversarial", MoCoV2 = "moco-v2", MoCoV3 = "moco-v3";

    public const string Byol = "byol", SimSiam = "simsiam", Dino = "dino";

    public const string Swav = "swav", DeepClusterV2 = "deepcluster-v2";

    public const string BarlowTwins = "barlow-twins", VicReg = "vicreg";

    public const string Inpainting = "inpainting", Denoising = "denoising", IJepa = "i-jepa", Beit = "beit", IBot = "ibot";

    public const string Rotation = "rotation", PatchPosition = "patch-position", Jigsaw = "jigsaw", Equivariance = "equivariance";

    public const string Tcn = "tcn", Cpc = "cpc", TemporalOrder = "temporal-order", WorldModel = "world-model";

    public const string CausalLm = "causal-lm", SimCse = "simcse", SegmentOrder = "segment-order", TextDenoising = "text-denoising";

    public const string SigLip = "siglip", FlavaMmm = "flava-mmm";

    /// <summary>What is learned by where nothing is said.</summary>
    public static IReadOnlyList<string> Standard { get; } = [Mae, Mlm, Clip];

    public static IReadOnlyList<string> All { get; } =
    [
        .. Standard,
        SimClr, SimClrHard, SimClrAdversarial, MoCoV2, MoCoV3,
        Byol, SimSiam, Dino,
        Swav, DeepClusterV2,
        BarlowTwins, VicReg,
        Inpainting, Denoising, IJepa, Beit, IBot,
        Rotation, PatchPosition, Jigsaw, Equivariance,
        Tcn, Cpc, TemporalOrder, WorldModel,
        CausalLm, SimCse, SegmentOrder, TextDenoising,
        SigLip, FlavaMmm,
    ];
}
