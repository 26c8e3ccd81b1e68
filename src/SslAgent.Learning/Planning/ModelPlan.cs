using System.Text.Json.Serialization;

namespace SslAgent.Learning.Planning;

/// <summary>One stack of Transformer blocks.</summary>
public sealed record TowerPlan(int Layers, int Width, int Heads)
{
    /// <summary>Width of the hidden layer of a block's perceptron, as multiple of the width (Vaswani et al. 2017).</summary>
    public const int HiddenRatio = 4;

    [JsonIgnore]
    public int Hidden => Width * HiddenRatio;
}

/// <summary>The network's whole shape, every value resolved. Two plans that differ here have weights that do not fit each other.</summary>
/// <param name="Preset">Where the shape started from; not part of the shape.</param>
/// <param name="ImageSize">Side of the square frame, pixels.</param>
/// <param name="PatchSize">Side of a patch, pixels.</param>
/// <param name="VocabularySize">Token numbers with room in the embedding.</param>
/// <param name="TextTokens">Longest text, tokens, the two special ones included.</param>
/// <param name="JointWidth">Width of the space that frames and texts share.</param>
public sealed record ModelPlan(
    string Preset, int ImageSize, int PatchSize, int VocabularySize, int TextTokens,
    TowerPlan Frame, TowerPlan Decoder, TowerPlan Text, int JointWidth)
{
    public const int Channels = 3;

    /// <summary>Patches along one side.</summary>
    [JsonIgnore]
    public int Grid => ImageSize / PatchSize;

    [JsonIgnore]
    public int Patches => Grid * Grid;

    /// <summary>Numbers in one patch: its pixels times the channels.</summary>
    [JsonIgnore]
    public int PatchValues => PatchSize * PatchSize * Channels;

    /// <summary>Why this shape cannot be built, one sentence each; empty where it can.</summary>
    public IEnumerable<string> Faults()
    {
        if (ImageSize % PatchSize != 0)
            yield return $"model.imageSize is {ImageSize} pixels, no multiple of model.patchSize, {PatchSize} pixels";
        foreach ((string name, TowerPlan tower, bool sineCosine) in new[] { ("frame", Frame, true), ("decoder", Decoder, true), ("text", Text, false) })
        {
            if (tower.Width % tower.Heads != 0)
                yield return $"model.{name}Width is {tower.Width}, no multiple of model.{name}Heads, {tower.Heads}";
            if (sineCosine && tower.Width % 4 != 0)
                yield return $"model.{name}Width is {tower.Width}, no multiple of 4, which sine-cosine positions in two dimensions need";
        }
    }

    /// <summary>The values in which two shapes differ, one sentence each; empty where their weights fit each other.</summary>
    public IEnumerable<string> DifferencesFrom(ModelPlan stored)
    {
        (string Name, object Mine, object Theirs)[] values =
        [
            ("imageSize", ImageSize, stored.ImageSize), ("patchSize", PatchSize, stored.PatchSize),
            ("vocabularySize", VocabularySize, stored.VocabularySize), ("textTokens", TextTokens, stored.TextTokens),
            ("frameLayers", Frame.Layers, stored.Frame.Layers), ("frameWidth", Frame.Width, stored.Frame.Width), ("frameHeads", Frame.Heads, stored.Frame.Heads),
            ("decoderLayers", Decoder.Layers, stored.Decoder.Layers), ("decoderWidth", Decoder.Width, stored.Decoder.Width),
            ("decoderHeads", Decoder.Heads, stored.Decoder.Heads),
            ("textLayers", Text.Layers, stored.Text.Layers), ("textWidth", Text.Width, stored.Text.Width), ("textHeads", Text.Heads, stored.Text.Heads),
            ("jointWidth", JointWidth, stored.JointWidth),
        ];
        return values.Where(value => !value.Mine.Equals(value.Theirs))
            .Select(value => $"model.{value.Name} is {value.Mine}, and {value.Theirs} in the stored state");
    }
}
