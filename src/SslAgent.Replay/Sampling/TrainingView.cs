using System.Collections.Concurrent;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// What one cycle trains on, frozen when it began. Content is read from the journal by number, beside whatever is appended meanwhile.
/// Safe to use from any thread.
/// </summary>
public sealed class TrainingView : IBatchSource
{
    private readonly BatchReader _reader;
    private readonly TrainingIndex _index, _drawn;
    private readonly double _freshRatio;
    private readonly Func<Drawable, double>? _weight;
    private readonly ConcurrentDictionary<WindowShape, WindowIndex> _windows = [];

    /// <param name="freshRatio">Null: what is fresh is drawn as often as what is remembered.</param>
    /// <param name="sourceWeights">How often replayed samples of a source are drawn beside others; those that are not named have 1. Null or empty: all the same.</param>
    internal TrainingView(BatchReader reader, TrainingIndex index, double? freshRatio, IReadOnlyDictionary<string, double>? sourceWeights)
    {
        _reader = reader;
        _index = index;
        _drawn = freshRatio is null ? index.Together() : index;
        _freshRatio = freshRatio ?? 0;
        if (sourceWeights is not { Count: > 0 }) return;
        double[] weights = [.. index.Sources.Select(name => sourceWeights.TryGetValue(name, out double weight) ? weight : 1)];
        _weight = one => weights[one.Source];
    }

    public AvailableData Available => _index.Available;

    /// <summary>How many of the available samples are fresh: admitted since the cycle before began.</summary>
    public AvailableData Fresh => new(
        _index.Of(Modality.Frame).Fresh.Length, _index.Of(Modality.Text).Fresh.Length, _index.Of(Modality.Pair).Fresh.Length);

    /// <summary>The samples that <see cref="Draw"/> would give for the same key, without reading them.</summary>
    public IReadOnlyList<SampleId> Choose(Modality modality, int count, DrawKey key) => [.. Rows(_drawn.Of(modality), count, key).Select(row => new SampleId(row.Id))];

    public Batch Draw(Modality modality, int count, DrawKey key) => _reader.ReadTraining(modality, Rows(_drawn.Of(modality), count, key));

    public int CountWindows(WindowShape shape) => WindowsOf(shape).Ends.Count;

    public Batch DrawWindows(WindowShape shape, int count, DrawKey key)
    {
        WindowIndex windows = WindowsOf(shape);
        return _reader.ReadTrainingWindows(shape, [.. Rows(windows.Ends, count, key).SelectMany(windows.Rows)], _drawn.Sources);
    }

    private Drawable[] Rows(ModalityIndex index, int count, DrawKey key) => Draws.Draw(index, count, _freshRatio, key, _weight);

    private WindowIndex WindowsOf(WindowShape shape) => _windows.GetOrAdd(shape, wanted => new WindowIndex(_drawn, wanted));
}
