using System.Collections.Concurrent;
using SslAgent.Domain;

namespace SslAgent.Learning.State;

/// <summary>Host memory for one copy of the training state, allocated and touched once: copying into fresh pages takes thirty times as long.</summary>
/// <param name="Masters">fp32 little-endian, as are the others.</param>
/// <param name="Average">Empty where it is off.</param>
/// <param name="ObjectiveState">Empty where no objective keeps any.</param>
internal sealed record Shadow(byte[] Masters, byte[] FirstMoments, byte[] SecondMoments, byte[] Average, byte[] ObjectiveState);

/// <summary>
/// Lends shadows and takes them back, from any thread. At most three are out at once, a version and a resume point being written and one
/// that a digest is taken of; a fourth would mean that saving is not awaited, which is a bug of ours.
/// </summary>
internal sealed class ShadowPool(long parameters, bool averaged, long stateElements)
{
    private const int OutMax = 3;

    private readonly ConcurrentBag<Shadow> _free = [];
    private int _out;

    /// <summary>Allocates and touches one, so that the first snapshot is as quick as the others.</summary>
    public void Prepare() => _free.Add(Allocate());

    public Shadow Rent()
    {
        Check.That(Volatile.Read(ref _out) < OutMax, "snapshots are given back before too many are taken"); // Only the learner thread rents.
        Interlocked.Increment(ref _out);
        return _free.TryTake(out Shadow? shadow) ? shadow : Allocate();
    }

    public void Return(Shadow shadow)
    {
        Interlocked.Decrement(ref _out);
        _free.Add(shadow);
    }

    private Shadow Allocate() => new(
        Touched(parameters), Touched(parameters), Touched(parameters), Touched(averaged ? parameters : 0), Touched(stateElements));

    private static byte[] Touched(long elements)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)(elements * sizeof(float))), pinned: true);
        Array.Fill(bytes, (byte)1); // Zeros could be served by pages that are not there yet.
        return bytes;
    }
}
