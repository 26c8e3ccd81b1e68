using SslAgent.Domain;
using SslAgent.Learning.Parameters;

namespace SslAgent.Learning.State;

/// <summary>
/// A copy of the training state in a lent shadow. Made by the learner thread between two steps, read by any one thread; disposing gives the shadow back.
/// </summary>
internal sealed class ModelSnapshot : IModelSnapshot
{
    private readonly ShadowPool _pool;
    private readonly Lazy<string> _digest;
    private Shadow? _shadow;

    public ModelSnapshot(
        ShadowPool pool, Shadow shadow, ParameterLayout layout, IReadOnlyList<SectionCounter> counters, IReadOnlyList<SourceSurprise> surprises,
        IReadOnlyDictionary<string, byte[]> files)
    {
        _pool = pool;
        _shadow = shadow;
        Files = files;
        bool averaged = shadow.Average.Length > 0;
        Served = averaged ? LearnerState.Averaged : LearnerState.Plain;
        Model = Slices(averaged ? shadow.Average : shadow.Masters, layout);
        Training = TrainingTensors(shadow, averaged);
        _digest = new Lazy<string>(() => TrainingDigest.Of(Check.NotNull(_shadow, "a snapshot is read before it is disposed"), layout, counters, surprises));
    }

    public IReadOnlyList<TensorBytes> Model { get; }

    public IReadOnlyList<TensorBytes> Training { get; }

    public IReadOnlyDictionary<string, byte[]> Files { get; }

    public string Served { get; }

    /// <summary>Computed at the first reading, by whoever reads: not while training waits.</summary>
    public string Digest => _digest.Value;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _shadow, null) is { } shadow) _pool.Return(shadow);
    }

    private static TensorBytes[] Slices(byte[] flat, ParameterLayout layout) =>
    [
        .. layout.Slots.Select(slot => new TensorBytes(
            slot.Spec.Name, TensorElement.F32, slot.Spec.Shape,
            flat.AsMemory(checked((int)(slot.Offset * sizeof(float))), checked((int)(slot.Spec.Count * sizeof(float)))))),
    ];

    private static List<TensorBytes> TrainingTensors(Shadow shadow, bool averaged)
    {
        List<TensorBytes> tensors = [Flat(LearnerState.FirstMomentsName, shadow.FirstMoments), Flat(LearnerState.SecondMomentsName, shadow.SecondMoments)];
        if (averaged) tensors.Add(Flat(LearnerState.MastersName, shadow.Masters));
        if (shadow.ObjectiveState.Length > 0) tensors.Add(Flat(LearnerState.ObjectiveStateName, shadow.ObjectiveState));
        return tensors;
    }

    private static TensorBytes Flat(string name, byte[] bytes) => new(name, TensorElement.F32, [bytes.Length / sizeof(float)], bytes);
}
