using System.Threading.Channels;
using SslAgent.Domain;

namespace SslAgent.Serving.Tests.Support;

/// <summary>A door on the inference thread: the test knows when a batch stands before it, and lets it through.</summary>
internal sealed class Gate
{
    private readonly Channel<bool> _arrivals = Channel.CreateUnbounded<bool>();
    private readonly object _lock = new();
    private int _passes;

    /// <summary>Called by the held thread.</summary>
    public void Pass()
    {
        _arrivals.Writer.TryWrite(true);
        lock (_lock)
        {
            while (_passes == 0) Check.That(Monitor.Wait(_lock, Patience.Long), "a gate opens in time");
            _passes--;
        }
    }

    public async Task ArrivalAsync() => await _arrivals.Reader.ReadAsync().AsTask().WaitAsync(Patience.Long);

    public void Open(int batches = 1)
    {
        lock (_lock)
        {
            _passes += batches;
            Monitor.PulseAll(_lock);
        }
    }
}

internal static class Patience
{
    /// <summary>How long a test waits for what must happen before it gives up. Never waited out in a test that passes.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
}
