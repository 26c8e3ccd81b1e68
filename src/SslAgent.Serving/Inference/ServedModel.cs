using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>What is served: the version, since when, and the width of each kind of vector (null where it has none).</summary>
public sealed record ServedModel(ModelVersion Version, DateTimeOffset Since, int? FramesWidth, int? TextWidth, int? JointWidth)
{
    public int? Width(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Frames => FramesWidth,
        EmbeddingSpace.Text => TextWidth,
        _ => JointWidth,
    };
}
