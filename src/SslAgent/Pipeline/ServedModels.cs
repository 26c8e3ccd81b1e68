using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Serving.Inference;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>Brings a stored version's encoders to the inference thread. One at a time, from any thread.</summary>
internal sealed class ServedModels(
    VersionStore store, EmbedderHost host, Func<IStoredModel, IEmbedder> open, TimeProvider time, ProblemBoard problems, ILogger log)
    : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
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
            if (fault is StorageException) _ = ServeLaterAsync();
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _one.Dispose();
    }

    /// <summary>A disk that failed may be back: then whatever is to be served by that time.</summary>
    private async Task ServeLaterAsync()
    {
        try
        {
            await Task.Delay(Pause, time, _stop.Token);
            if (store.Serving is { } serving) await ServeAsync(serving);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The daemon stops.
        }
    }
}
