using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>The embedder threw, or gave what it must not give.</summary>
internal sealed class InferenceFailedException(ModelVersion version, string message, Exception? inner = null)
    : Exception($"{version}: {message}", inner)
{
    public ModelVersion Version { get; } = version;
}
