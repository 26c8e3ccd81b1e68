using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>
/// Waiting inputs in order of arrival and the rule by which they become batches: the oldest input leads and takes along all of its kind,
/// up to the largest batch, once that is full or the leader has waited long enough. Bounded in inputs and bytes; what does not fit is
/// refused, except that a request larger than all the bytes is let in alone. Pure: no lock, no thread, no clock of its own.
/// </summary>
internal sealed class BatchQueue(int batchMax, TimeSpan batchWait, int inputsMax, long bytesMax)
{
    private readonly LinkedList<PendingInput> _waiting = [];
    private long _bytes;

    public int Count => _waiting.Count;

    public bool HasRoomFor(int inputs, long bytes) => _waiting.Count + inputs <= inputsMax && (_bytes == 0 || _bytes + bytes <= bytesMax);

    public void Add(PendingInput input)
    {
        _waiting.AddLast(input);
        _bytes += input.Bytes;
    }

    /// <summary>How long the leader still waits for company; zero where a batch is ready, null where nothing waits.</summary>
    public TimeSpan? ReadyIn(TimeProvider time)
    {
        if (_waiting.First is not { Value: PendingInput leader }) return null;
        TimeSpan left = batchWait - time.GetElapsedTime(leader.EnqueuedAt);
        return left <= TimeSpan.Zero || _waiting.Count(input => input.Key == leader.Key) >= batchMax ? TimeSpan.Zero : left;
    }

    /// <summary>The leader's batch, in order of arrival. Inputs whose request is over come along and do not count.</summary>
    public IReadOnlyList<PendingInput> TakeBatch()
    {
        Check.That(_waiting.First is not null, "a batch needs a leader");
        BatchKey key = _waiting.First.Value.Key;
        List<PendingInput> taken = [];
        int room = batchMax;
        for (LinkedListNode<PendingInput>? node = _waiting.First; node is not null && room > 0;)
        {
            LinkedListNode<PendingInput>? next = node.Next;
            if (node.Value.Key == key)
            {
                taken.Add(node.Value);
                _bytes -= node.Value.Bytes;
                _waiting.Remove(node);
                if (!node.Value.Request.IsOver) room--;
            }

            node = next;
        }

        return taken;
    }
}
