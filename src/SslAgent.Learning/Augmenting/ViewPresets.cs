namespace SslAgent.Learning.Augmenting;

/// <summary>The views that the papers train on, each with the place that states its numbers.</summary>
/// <remarks>
/// We differ throughout: resampling is bilinear without antialiasing (the reference code of DINO and Barlow Twins is bicubic, PIL's is antialiased), and blur is a true Gaussian whose
/// kernel is a tenth of the side, as SimCLR and BYOL have it (MoCo v2, DINO and Barlow Twins take PIL's approximation by box filters, whose radius is the sigma).
/// </remarks>
public static class ViewPresets
{
    // Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations" (SimCLR, ICML 2020), appendix A, for the blur; everybody took it over.
    private static readonly Interval Sigma = new(0.1, 2.0);

    /// <summary>SimCLR, appendix A, at colour strength 1: ImageNet.</summary>
    public static IReadOnlyList<ViewPlan> SimClr { get; } = Twice(SimClrView(strength: 1) with { Blur = new(0.5, Sigma) });

    /// <summary>SimCLR, appendix B.9: CIFAR-10, at colour strength 0.5 and without blur.</summary>
    public static IReadOnlyList<ViewPlan> SimClrSmall { get; } = Twice(SimClrView(strength: 0.5));

    /// <summary>Chen et al., "Improved Baselines with Momentum Contrastive Learning" (MoCo v2, 2020), section 3; numbers from the reference code (facebookresearch/moco, --aug-plus).</summary>
    public static IReadOnlyList<ViewPlan> MoCoV2 { get; } =
        Twice(new(Crop(0.2, 1), 0.5, new(0.8, 0.4, 0.4, 0.4, 0.1), 0.2, new(0.5, Sigma), 0));

    /// <summary>Grill et al., "Bootstrap Your Own Latent" (BYOL, NeurIPS 2020), appendix B, table 6: the second view is hardly ever blurred, but solarised at times.</summary>
    public static IReadOnlyList<ViewPlan> Byol { get; } = [ByolView(0.08, 1, blur: 1, solarize: 0), ByolView(0.08, 1, blur: 0.1, solarize: 0.2)];

    /// <summary>Zbontar et al., "Barlow Twins" (ICML 2021), section 2.2: BYOL's parameters.</summary>
    public static IReadOnlyList<ViewPlan> BarlowTwins => Byol;

    /// <summary>
    /// Caron et al., "Emerging Properties in Self-Supervised Vision Transformers" (DINO, ICCV 2021), section 3.1, with BYOL's colours: two global views, then local ones of their own size.
    /// Areas from the defaults of the reference code (facebookresearch/dino): global 0.4 to 1, local 0.05 to 0.4, eight local views.
    /// </summary>
    public static IReadOnlyList<ViewPlan> Dino(int localSide, int locals = 8) =>
    [
        ByolView(0.4, 1, blur: 1, solarize: 0),
        ByolView(0.4, 1, blur: 0.1, solarize: 0.2),
        .. Enumerable.Repeat(ByolView(0.05, 0.4, blur: 0.5, solarize: 0) with { Side = localSide }, locals),
    ];

    /// <summary>A local view's side where the global one is <paramref name="side"/>: DINO's 96 to 224, in whole patches.</summary>
    public static int DinoLocalSide(int side, int patch) => Math.Max(1, (int)Math.Round(side * 96.0 / 224 / patch)) * patch;

    private static ViewPlan SimClrView(double strength) =>
        new(Crop(0.08, 1), 0.5, new(0.8, 0.8 * strength, 0.8 * strength, 0.8 * strength, 0.2 * strength), 0.2, null, 0);

    private static ViewPlan ByolView(double areaMin, double areaMax, double blur, double solarize) =>
        new(Crop(areaMin, areaMax), 0.5, new(0.8, 0.4, 0.4, 0.2, 0.1), 0.2, new(blur, Sigma), solarize);

    private static CropPlan Crop(double areaMin, double areaMax) => new(new(areaMin, areaMax), CropPlan.InceptionRatio);

    private static IReadOnlyList<ViewPlan> Twice(ViewPlan view) => [view, view];
}
