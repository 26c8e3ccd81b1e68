using SslAgent.Learning.Parameters;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// The newest keys of a stream, in a ring: MoCo's queue, SwAV's, DeepCluster's memory. It lies in the objective's state, fp32, its place and fill with it, which fp32 holds exactly (below 2^24); nothing
/// waits for the device. Immutable; what it describes belongs to the learner.
/// </summary>
/// <param name="slots">Keys that it holds at most.</param>
/// <param name="width">Numbers of a key.</param>
internal sealed class KeyQueue(string name, int slots, int width)
{
    // Q slots, J width of a key, n keys pushed.
    public const int SlotsMax = 4096;

    private const int SlotsOfWidth = 32;

    /// <summary>4,096: two megabytes in every version at 128 numbers a key; in proportion for towers narrower than any preset's.</summary>
    public static int SlotsFor(int towerWidth) => Math.Min(SlotsMax, SlotsOfWidth * towerWidth);

    private string Keys => name + ".keys";

    private string Cursor => name + ".cursor";

    private string Filled => name + ".filled";

    public SectionSpec Declare() => new(name, [Zeros(Keys, slots, width), Zeros(Cursor, 1), Zeros(Filled, 1)]);

    /// <summary>All slots, filled or not, fp32 [Q, J].</summary>
    public Tensor Read(Weights state) => state[Keys];

    /// <summary>Which slots hold a key, true where one does, [Q].</summary>
    /// <param name="newest">No more than so many, the newest ones; null for all.</param>
    public Tensor Held(Weights state, int? newest = null)
    {
        Tensor age = (state[Cursor] - 1 - Places(state, slots)).remainder(slots); // [Q], 0 for the newest
        return age < state[Filled].clamp(max: Math.Min(slots, newest ?? slots));
    }

    /// <summary>Puts keys over the oldest ones. Under no_grad.</summary>
    /// <param name="keys">fp32 [n, J], oldest first; of more than Q the last are kept.</param>
    /// <param name="taken">Scalar: 0 leaves everything as it is.</param>
    public void Push(Weights state, Tensor keys, Tensor taken)
    {
        Shape.Require(keys, name + " keys", keys.shape[0], width);
        long count = Math.Min(keys.shape[0], slots);
        keys = keys.narrow(0, keys.shape[0] - count, count);
        Tensor ring = state[Keys], cursor = state[Cursor], filled = state[Filled];
        Tensor places = (Places(state, count) + cursor).remainder(slots).to_type(ScalarType.Int64); // [n]
        ring.index_copy_(0, places, where(taken > 0, keys, ring.index_select(0, places)));
        cursor.copy_((cursor + (taken * count)).remainder(slots));
        filled.copy_((filled + (taken * count)).clamp(max: slots));
    }

    private static Tensor Places(Weights state, long count) => arange(count, dtype: ScalarType.Float32, device: state.Device);

    private static ParameterSpec Zeros(string name, params long[] shape) => new(name, shape, Initial.Zeros, Decayed: false);
}
