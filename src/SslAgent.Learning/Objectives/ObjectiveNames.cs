namespace SslAgent.Learning.Objectives;

/// <summary>Names of the objectives, as options, plans, reports and stored weights spell them.</summary>
public static class ObjectiveNames
{
    public const string Mae = "mae", Mlm = "mlm", Clip = "clip", SimClr = "simclr", SimSiam = "simsiam", BarlowTwins = "barlow-twins", VicReg = "vicreg",
        Byol = "byol", MoCoV3 = "moco-v3", SigLip = "siglip", CausalLm = "causal-lm", SimCse = "simcse", SegmentOrder = "segment-order", TextDenoising = "text-denoising",
        FlavaMmm = "flava-mmm",
        Inpainting = "inpainting", Denoising = "denoising", IJepa = "i-jepa", Beit = "beit",
        Rotation = "rotation", PatchPosition = "patch-position", Jigsaw = "jigsaw", Equivariance = "equivariance";

    /// <summary>What is learned by where nothing is said.</summary>
    public static IReadOnlyList<string> Standard { get; } = [Mae, Mlm, Clip];

    public static IReadOnlyList<string> All { get; } = [.. Standard, SimClr, SimSiam, BarlowTwins, VicReg, Byol, MoCoV3, SigLip, CausalLm, SimCse, SegmentOrder, TextDenoising, FlavaMmm,
        Inpainting, Denoising, IJepa, Beit, Rotation, PatchPosition, Jigsaw, Equivariance];
}
