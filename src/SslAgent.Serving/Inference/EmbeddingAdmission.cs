using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>What became of a request at the inference thread's door.</summary>
internal abstract record EmbeddingAdmission
{
    /// <summary>Bound to one version; the answer comes from it, whatever is swapped in meanwhile.</summary>
    public sealed record Admitted(Task<EmbeddingAnswer> Answer) : EmbeddingAdmission;

    /// <summary>No version was promoted yet.</summary>
    public sealed record NoVersion : EmbeddingAdmission;

    /// <summary>The client asked for one version and another is served.</summary>
    public sealed record OtherVersion(ModelVersion Served) : EmbeddingAdmission;

    /// <summary>The served version has no such vectors.</summary>
    public sealed record NoSuchSpace(ModelVersion Served) : EmbeddingAdmission;

    /// <summary>The queue has no room for all of the request's inputs.</summary>
    public sealed record QueueFull : EmbeddingAdmission;

    /// <summary>The server is shutting down.</summary>
    public sealed record Stopping : EmbeddingAdmission;
}

/// <summary>Vectors in the order of the inputs, and the tokens that the text tower read for them.</summary>
internal sealed record EmbeddingAnswer(ModelVersion Version, float[][] Vectors, long Tokens);
