using SslAgent.Domain;

namespace SslAgent.Commands.Embedding;

/// <summary>Vectors of one batch, row i of input i, all made by one version.</summary>
internal sealed record EmbeddedBatch(ModelVersion Version, float[][] Vectors);

/// <summary>Who makes the vectors. Every batch of one run comes from one version, or the run fails.</summary>
internal interface IEmbeddingRoute : IDisposable
{
    Task<EmbeddedBatch> EmbedAsync(IReadOnlyList<EmbedItem> items, CancellationToken cancellation);
}
