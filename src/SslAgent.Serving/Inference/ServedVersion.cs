using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>
/// An embedder with the number of requests that are bound to it. The host's lock guards the mutable part; the inference thread alone
/// calls and disposes the embedder.
/// </summary>
internal sealed class ServedVersion(IEmbedder embedder, DateTimeOffset since)
{
    // Asked for once, before the inference thread has the embedder: an embedder is used by one thread at a time.
    private readonly int?[] _widths = [.. Enum.GetValues<EmbeddingSpace>().Select(embedder.Width)];
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IEmbedder Embedder { get; } = embedder;

    public ModelVersion Version { get; } = embedder.Version;

    public DateTimeOffset Since { get; } = since;

    /// <summary>Requests that were promised an answer by this version and have none yet.</summary>
    public int Flights_NeedsLock { get; set; }

    /// <summary>Another version has taken its place.</summary>
    public bool Retired_NeedsLock { get; set; }

    /// <summary>Completes when the embedder has been disposed.</summary>
    public Task Disposed => _disposed.Task;

    public int? Width(EmbeddingSpace space) => _widths[(int)space];

    public void DisposeEmbedder()
    {
        try
        {
            Embedder.Dispose();
        }
        finally
        {
            _disposed.TrySetResult();
        }
    }
}
