using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Serving;

/// <summary>
/// What serving counts. Labels have few values each: vector kinds, input kinds, status codes, reasons. Owned by the embedder host.
/// </summary>
internal sealed class ServingMetrics : IDisposable
{
    public const string MeterName = "SslAgent.Serving";

    private static readonly InstrumentAdvice<double> DurationBuckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<int> CountBuckets = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] };

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests, _inputs, _refused;
    private readonly Histogram<double> _requestSeconds, _batchSeconds;
    private readonly Histogram<int> _batchInputs;

    public ServingMetrics(Func<int> queueLength, Func<int> versionServed)
    {
        _requests = _meter.CreateCounter<long>("sslagent.serving.requests", "{request}", "Embedding requests by model and HTTP status.");
        _inputs = _meter.CreateCounter<long>("sslagent.serving.inputs", "{input}", "Inputs embedded, by vector kind and input kind.");
        _refused = _meter.CreateCounter<long>("sslagent.serving.refused", "{request}", "Embedding requests that were not admitted, by reason.");
        _requestSeconds = _meter.CreateHistogram(
            "sslagent.serving.request.duration", "s", "Time from a request's first byte to its answer.", null, DurationBuckets);
        _batchSeconds = _meter.CreateHistogram("sslagent.serving.batch.duration", "s", "Time of one forward pass.", null, DurationBuckets);
        _batchInputs = _meter.CreateHistogram("sslagent.serving.batch.inputs", "{input}", "Inputs in one forward pass.", null, CountBuckets);
        BatchesFailed = _meter.CreateCounter<long>("sslagent.serving.batches.failed", "{batch}", "Forward passes that failed.");
        Swaps = _meter.CreateCounter<long>("sslagent.serving.swaps", "{swap}", "Changes of the served version.");
        _meter.CreateObservableGauge("sslagent.serving.queue.inputs", queueLength, "{input}", "Inputs that wait for the inference thread.");
        _meter.CreateObservableGauge("sslagent.serving.version", versionServed, null, "Number of the served version, 0 before the first.");
    }

    public Counter<long> BatchesFailed { get; }

    public Counter<long> Swaps { get; }

    public void CountBatch(EmbeddingSpace space, bool ofFrames, int inputs, TimeSpan duration)
    {
        KeyValuePair<string, object?> spaceTag = new("space", NameOf(space)), kindTag = new("kind", ofFrames ? "frame" : "text");
        _inputs.Add(inputs, spaceTag, kindTag);
        _batchInputs.Record(inputs, spaceTag);
        _batchSeconds.Record(duration.TotalSeconds, spaceTag);
    }

    /// <param name="model">The vector kind, or null where the request named none that exists.</param>
    public void CountRequest(EmbeddingSpace? model, int status, TimeSpan duration)
    {
        KeyValuePair<string, object?> modelTag = new("model", model is { } space ? NameOf(space) : "unknown");
        _requests.Add(1, modelTag, new("status", status));
        _requestSeconds.Record(duration.TotalSeconds, modelTag);
    }

    public void CountRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();

    public static string NameOf(EmbeddingSpace space) => space switch
    {
        EmbeddingSpace.Frames => "frames",
        EmbeddingSpace.Text => "text",
        _ => "joint",
    };
}
