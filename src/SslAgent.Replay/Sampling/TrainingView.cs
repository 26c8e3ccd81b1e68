using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// What one cycle trains on, frozen when it began. Content is read from the journal by number, beside whatever is appended meanwhile.
/// Safe to use from any thread.
/// </summary>
public sealed class TrainingView : IBatchSource
{
    private readonly BatchReader _reader;
    private readonly TrainingIndex _index;
    private readonly double _freshRatio;

    internal TrainingView(BatchReader reader, TrainingIndex index, double freshRatio)
    {
        _reader = reader;
        _index = index;
        _freshRatio = freshRatio;
    }

    public AvailableData Available => _index.Available;

    /// <summary>How many of the available samples are fresh: admitted since the cycle before began.</summary>
    public AvailableData Fresh => new(
        _index.Of(Modality.Frame).Fresh.Length, _index.Of(Modality.Text).Fresh.Length, _index.Of(Modality.Pair).Fresh.Length);

    /// <summary>The samples that <see cref="Draw"/> would give for the same key, without reading them.</summary>
    public IReadOnlyList<SampleId> Choose(Modality modality, int count, DrawKey key) =>
        [.. Draws.Draw(_index.Of(modality), count, _freshRatio, key).Select(row => new SampleId(row.Id))];

    public Batch Draw(Modality modality, int count, DrawKey key) =>
        _reader.ReadTraining(modality, Draws.Draw(_index.Of(modality), count, _freshRatio, key));
}
