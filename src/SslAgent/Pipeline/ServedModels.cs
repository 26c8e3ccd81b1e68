using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Serving.Inference;

namespace SslAgent.Pipeline;

/// <summary>Brings a stored version's encoders to the inference thread. One at a time, from any thread.</summary>
internal sealed class ServedModels(
    VersionStore store, EmbedderHost host, Func<IStoredModel, IEmbedder> open, ProblemBoard problems, ILogger log)
    : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private ModelVersion? _current;

    /// <summary>Serves this version; nothing happens where it is served already. A version that cannot be opened leaves the old one in place and is reported.</summary>
    public async Task ServeAsync(ModelVersion version)
    {
        await _one.WaitAsync();
        try
        {
            if (_current == version) return;
            using IStoredModel stored = store.Open(version);
            // Requests in flight finish on the old one, which the host then disposes; nobody waits for that here.
            _ = host.Swap(open(stored));
            _current = version;
            problems.Clear("serving");
            HeadLog.Serving(log, version);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Policy: a version that cannot be served stops neither learning nor the version that is served now.
            problems.Set("serving", $"version {version} cannot be served: {fault.Message}");
            HeadLog.ServingFailed(log, version, fault);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
