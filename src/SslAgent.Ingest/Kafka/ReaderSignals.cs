namespace SslAgent.Ingest.Kafka;

/// <summary>What the head's threads and the poll thread tell each other, apart from events. Made and disposed by the reader.</summary>
internal sealed class ReaderSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _close = new();
    private volatile string? _problem;

    /// <summary>No more messages are wanted.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>What the client last complained of, or null since a broker answered again.</summary>
    public string? Problem
    {
        get => _problem;
        set => _problem = value;
    }

    public void RequestStop() => _stop.Cancel();

    /// <summary>Nobody takes events any more: whoever waits for an answer to one waits no longer.</summary>
    public void RequestClose()
    {
        _stop.Cancel();
        _close.Set();
    }

    public void WaitForClose() => _close.Wait();

    /// <summary>Waits for an answer, at most so long, and no longer than somebody is there to give it. True when it came.</summary>
    public bool WaitFor(ManualResetEventSlim answer, TimeSpan wait)
    {
        WaitHandle.WaitAny([answer.WaitHandle, _close.WaitHandle], wait);
        return answer.IsSet;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _close.Dispose();
    }
}
