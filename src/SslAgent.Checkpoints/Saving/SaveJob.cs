using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>One save on its way: what publishes it, what must be given back afterwards, and who waits for it. Ends exactly once.</summary>
internal sealed record SaveJob(ModelVersion Version, Func<VersionManifest> Publish, IDisposable? Owned)
{
    // Whoever waits goes on on a thread of its own, not on the worker's.
    private readonly TaskCompletionSource<VersionManifest> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<VersionManifest> Task => _done.Task;

    public void Succeed(VersionManifest manifest)
    {
        Owned?.Dispose();
        _done.TrySetResult(manifest);
    }

    public void Fail(Exception fault)
    {
        Owned?.Dispose();
        _done.TrySetException(fault);
    }

    public void Cancel()
    {
        Owned?.Dispose();
        _done.TrySetCanceled();
    }
}
