using SslAgent.Domain;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Options;

/// <summary>The named shapes, and how options override them.</summary>
internal static class ModelPresets
{
    private static readonly IReadOnlyDictionary<string, ModelPlan> Shapes = new Dictionary<string, ModelPlan>(StringComparer.Ordinal)
    {
        // Small enough to learn something in three minutes on two cores that also run a broker.
        ["nano"] = new("nano", 64, 8, 4096, 48, new(4, 128, 4), new(1, 96, 3), new(4, 128, 4), 96),
        ["tiny"] = new("tiny", 64, 8, 8192, 64, new(6, 192, 3), new(2, 128, 4), new(6, 192, 3), 128),
        // ViT-S (Touvron et al. 2021) with a text tower of the same shape.
        ["small"] = new("small", 128, 16, 16384, 128, new(12, 384, 6), new(4, 256, 8), new(12, 384, 6), 256),
        // ViT-B/16 with the decoder of He et al. 2021, and BERT-base's shape for text.
        ["base"] = new("base", 224, 16, 32768, 128, new(12, 768, 12), new(8, 512, 16), new(12, 768, 12), 512),
    };

    public static IEnumerable<string> Names => Shapes.Keys;

    public static ModelPlan Resolve(ModelOptions options)
    {
        Check.That(Shapes.ContainsKey(options.Preset), "options are validated before a plan is made");
        ModelPlan preset = Shapes[options.Preset];
        return preset with
        {
            ImageSize = options.ImageSize ?? preset.ImageSize,
            PatchSize = options.PatchSize ?? preset.PatchSize,
            VocabularySize = options.VocabularySize ?? preset.VocabularySize,
            TextTokens = options.TextTokens ?? preset.TextTokens,
            Frame = new(
                options.FrameLayers ?? preset.Frame.Layers, options.FrameWidth ?? preset.Frame.Width, options.FrameHeads ?? preset.Frame.Heads),
            Decoder = new(
                options.DecoderLayers ?? preset.Decoder.Layers,
                options.DecoderWidth ?? preset.Decoder.Width,
                options.DecoderHeads ?? preset.Decoder.Heads),
            Text = new(options.TextLayers ?? preset.Text.Layers, options.TextWidth ?? preset.Text.Width, options.TextHeads ?? preset.Text.Heads),
            JointWidth = options.JointWidth ?? preset.JointWidth,
        };
    }
}
