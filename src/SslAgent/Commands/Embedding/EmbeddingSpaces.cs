using SslAgent.Domain;

namespace SslAgent.Commands.Embedding;

/// <summary>Kinds of vectors as the HTTP interface and the command line call them.</summary>
internal static class EmbeddingSpaces
{
    public const string Text = "text", Frames = "frames", Joint = "joint";

    public static EmbeddingSpace Read(string? word) => word switch
    {
        Frames => EmbeddingSpace.Frames,
        Joint => EmbeddingSpace.Joint,
        _ => EmbeddingSpace.Text,
    };

    public static string Word(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Frames => Frames,
        EmbeddingSpace.Joint => Joint,
        _ => Text,
    };
}
