namespace SslAgent.Serving.Http;

/// <summary>Bounds the memory that all request bodies together may take. Who finds no room is refused, nobody waits. Thread-safe.</summary>
internal sealed class ByteBudget(long bytesMax)
{
    private long _taken;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= bytesMax) return true;
        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
