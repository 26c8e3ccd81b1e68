using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>
/// One client's request on its way through the inference thread. Its inputs may travel in several batches; it is answered when the last
/// one arrives. Only the inference thread fills it in; any thread may abandon it.
/// </summary>
internal sealed class EmbeddingRequest(ServedVersion served, EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs)
{
    // Continuations run elsewhere: the inference thread writes nobody's response.
    private readonly TaskCompletionSource<EmbeddingAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly float[][] _vectors = new float[inputs.Count][];
    private int _missing = inputs.Count;
    private long _tokens;

    public ServedVersion Served { get; } = served;

    public Task<EmbeddingAnswer> Answer => _answer.Task;

    /// <summary>Nobody waits for the answer any more, or it already failed.</summary>
    public bool IsOver => _answer.Task.IsCompleted;

    /// <summary>No input of it is waiting or in a batch. For the inference thread.</summary>
    public bool IsLanded => _missing == 0;

    /// <summary>The inputs as the queue holds them.</summary>
    public IEnumerable<PendingInput> Split(long enqueuedAt)
    {
        for (int i = 0; i < inputs.Count; i++) yield return new PendingInput(this, i, space, inputs[i], enqueuedAt);
    }

    public void Abandon(CancellationToken cancellation) => _answer.TrySetCanceled(cancellation);

    public void Arrive(int index, float[] vector, int tokens)
    {
        Check.That(_vectors[index] is null, "an input is embedded once");
        _vectors[index] = vector;
        _tokens += tokens;
        if (--_missing == 0) _answer.TrySetResult(new EmbeddingAnswer(Served.Version, _vectors, _tokens));
    }

    /// <summary>An input that will not be embedded: its request failed or was abandoned.</summary>
    public void Drop()
    {
        Check.That(IsOver, "only a request that is over loses inputs");
        _missing--;
    }

    public void Fail(Exception reason) => _answer.TrySetException(reason);
}

/// <summary>One input in the queue.</summary>
/// <param name="EnqueuedAt">A timestamp of the host's clock.</param>
internal sealed record PendingInput(EmbeddingRequest Request, int Index, EmbeddingSpace Space, EmbeddingInput Input, long EnqueuedAt)
{
    public BatchKey Key => new(Request.Served, Space, Input.Frame is not null);

    public long Bytes => ContentBytes(Input);

    public static long ContentBytes(EmbeddingInput input) => (input.Frame?.Rgb.Length ?? 0L) + (input.Text?.Utf8.Length ?? 0L);
}

/// <summary>What the inputs of one forward pass have in common: version, vectors and kind.</summary>
internal readonly record struct BatchKey(ServedVersion Served, EmbeddingSpace Space, bool OfFrames);
