using System.ComponentModel.DataAnnotations;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Options;

/// <summary>
/// The network's shape (section <c>model</c>). A preset names a whole shape; every other value, where given, overrides the preset's.
/// Changing any of it on existing state is refused: weights of one shape do not fit another.
/// </summary>
public sealed record ModelOptions
{
    /// <summary><c>nano</c>, <c>tiny</c>, <c>small</c> or <c>base</c>. Default nano.</summary>
    [Required]
    public string Preset { get; init; } = "nano";

    /// <summary>Side of the square frame the network sees, pixels; a multiple of the patch size.</summary>
    [Range(8, 1024)]
    public int? ImageSize { get; init; }

    /// <summary>Side of a square patch, pixels.</summary>
    [Range(2, 64)]
    public int? PatchSize { get; init; }

    /// <summary>Token numbers that the text tower has room for, the four special ones included.</summary>
    [Range(300, 262_144)]
    public int? VocabularySize { get; init; }

    /// <summary>Tokens of a text that are read, the two special ones included; the rest is cut off.</summary>
    [Range(8, 4096)]
    public int? TextTokens { get; init; }

    /// <summary>Layers of the frame tower.</summary>
    [Range(1, 64)]
    public int? FrameLayers { get; init; }

    /// <summary>Feature width of the frame tower; a multiple of its heads and of 4.</summary>
    [Range(16, 4096)]
    public int? FrameWidth { get; init; }

    /// <summary>Attention heads of the frame tower.</summary>
    [Range(1, 64)]
    public int? FrameHeads { get; init; }

    /// <summary>Layers of the decoder that MAE trains with and serving leaves out.</summary>
    [Range(1, 64)]
    public int? DecoderLayers { get; init; }

    /// <summary>Feature width of that decoder; a multiple of its heads and of 4.</summary>
    [Range(16, 4096)]
    public int? DecoderWidth { get; init; }

    /// <summary>Attention heads of that decoder.</summary>
    [Range(1, 64)]
    public int? DecoderHeads { get; init; }

    /// <summary>Layers of the text tower.</summary>
    [Range(1, 64)]
    public int? TextLayers { get; init; }

    /// <summary>Feature width of the text tower; a multiple of its heads.</summary>
    [Range(16, 4096)]
    public int? TextWidth { get; init; }

    /// <summary>Attention heads of the text tower.</summary>
    [Range(1, 64)]
    public int? TextHeads { get; init; }

    /// <summary>Width of the space that frames and texts share.</summary>
    [Range(8, 4096)]
    public int? JointWidth { get; init; }

    /// <summary>The preset with the overrides. Only for options without faults.</summary>
    public ModelPlan Resolve() => ModelPresets.Resolve(this);

    /// <summary>Rules between values: one sentence each, with value, unit and reason.</summary>
    public IEnumerable<string> Faults()
    {
        if (!ModelPresets.Names.Contains(Preset))
            return [$"model.preset is '{Preset}': known are {string.Join(", ", ModelPresets.Names)}"];
        return ModelPresets.Resolve(this).Faults();
    }
}
