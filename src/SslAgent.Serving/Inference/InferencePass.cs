using Microsoft.Extensions.Logging;
using SslAgent.Domain;

namespace SslAgent.Serving.Inference;

/// <summary>One batch through the embedder, on the inference thread.</summary>
internal sealed class InferencePass(TimeProvider time, ServingMetrics metrics, ILogger log)
{
    public void Run(IReadOnlyList<PendingInput> batch)
    {
        // Looked at once: a client may abandon its request at any moment, and an input is either dropped or embedded.
        List<PendingInput> live = [];
        foreach (PendingInput input in batch)
        {
            if (input.Request.IsOver) input.Request.Drop();
            else live.Add(input);
        }

        if (live.Count == 0) return;
        ServedVersion served = live[0].Request.Served;
        long started = time.GetTimestamp();
        try
        {
            Answer(served, live);
        }
        catch (Exception broken)
        {
            // Policy: a batch that fails fails its requests, is reported and counted, and the thread takes the next one.
            ServingLog.BatchFailed(log, served.Version.ToString(), live.Count, broken);
            metrics.BatchesFailed.Add(1);
            Refuse(live, broken as InferenceFailedException ?? new InferenceFailedException(served.Version, broken.Message, broken));
        }

        metrics.CountBatch(live[0].Space, live[0].Input.Frame is not null, live.Count, time.GetElapsedTime(started));
    }

    /// <summary>Fails the requests of these inputs and takes the inputs off their books.</summary>
    public static void Refuse(IReadOnlyList<PendingInput> inputs, Exception reason)
    {
        foreach (PendingInput input in inputs)
        {
            input.Request.Fail(reason);
            input.Request.Drop();
        }
    }

    private static void Answer(ServedVersion served, List<PendingInput> live)
    {
        EmbeddingSpace space = live[0].Space;
        float[][] rows = served.Embedder.Embed(space, [.. live.Select(input => input.Input)]);
        int[] tokens = [.. live.Select(input => input.Input.Text is { } text ? served.Embedder.CountTokens(text) : 0)];
        Require(rows, live.Count, served, space);
        for (int i = 0; i < live.Count; i++) live[i].Request.Arrive(live[i].Index, rows[i], tokens[i]);
    }

    /// <summary>Everything is checked before anything is handed out, so a batch is answered whole or not at all.</summary>
    private static void Require(float[][] rows, int count, ServedVersion served, EmbeddingSpace space)
    {
        if (rows.Length != count) throw new InferenceFailedException(served.Version, $"gave {rows.Length} vectors for {count} inputs");
        foreach (float[] row in rows)
        {
            if (row.Length != served.Width(space))
            {
                throw new InferenceFailedException(served.Version, $"gave a {space} vector of {row.Length} numbers instead of {served.Width(space)}");
            }

            if (row.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new InferenceFailedException(served.Version, $"gave a {space} vector with a number that is not finite");
            }
        }
    }
}
