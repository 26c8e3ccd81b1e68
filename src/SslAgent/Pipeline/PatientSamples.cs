using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// A cycle's samples, read with patience: a draw is a function of its key, so that it may be repeated until the disk gives it. An order that would cut
/// the cycle off does so also here, by <see cref="CycleCutOffException"/>.
/// </summary>
/// <param name="mayBeCutOff">False for a cycle whose end is in the journal: an order waits for it, however long the disk takes.</param>
internal sealed class PatientSamples(IBatchSource batches, ISentinelSource sentinels, Patience patience, Interrupts interrupts, bool mayBeCutOff) : IBatchSource, ISentinelSource
{
    public AvailableData Available => batches.Available;

    public IReadOnlyList<Era> Eras => sentinels.Eras;

    public Batch Draw(Modality modality, int count, DrawKey key) =>
        patience.Insist(DiskTrouble.ReadingSamples, () => UnlessOrdered(() => batches.Draw(modality, count, key), interrupts, mayBeCutOff));

    public Batch Read(int era, Modality modality, int countMax) =>
        patience.Insist(DiskTrouble.ReadingSamples, () => UnlessOrdered(() => sentinels.Read(era, modality, countMax), interrupts, mayBeCutOff));

    public int CountWindows(WindowShape shape) => batches.CountWindows(shape);

    public Batch DrawWindows(WindowShape shape, int count, DrawKey key) =>
        patience.Insist(DiskTrouble.ReadingSamples, () => UnlessOrdered(() => batches.DrawWindows(shape, count, key), interrupts, mayBeCutOff));

    public Batch ReadWindows(int era, WindowShape shape, int windowsMax) =>
        patience.Insist(DiskTrouble.ReadingSamples, () => UnlessOrdered(() => sentinels.ReadWindows(era, shape, windowsMax), interrupts, mayBeCutOff));

    /// <summary>One attempt at reading: where it fails and an order waits, the cycle is over.</summary>
    public static Batch UnlessOrdered(Func<Batch> read, Interrupts interrupts, bool mayBeCutOff)
    {
        try
        {
            return read();
        }
        catch (StorageException) when (mayBeCutOff && interrupts.HasOrder)
        {
            throw new CycleCutOffException();
        }
    }
}

/// <summary>An order came while a cycle's samples could not be read: the cycle is over.</summary>
internal sealed class CycleCutOffException() : Exception("an order cut the cycle off while its samples could not be read");
