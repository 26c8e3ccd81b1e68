using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The replay buffer: what the options' policy keeps of frames, texts and pairs.</summary>
internal sealed class BufferTrio(IReplayBuffer frames, IReplayBuffer texts, IReplayBuffer pairs) : Trio<IReplayBuffer>(frames, texts, pairs)
{
    /// <summary>The buffers that the options ask for.</summary>
    public static BufferTrio Of(ReplayOptions options) => new(
        BufferOf(options, Modality.Frame), BufferOf(options, Modality.Text), BufferOf(options, Modality.Pair));

    public void Begin()
    {
        foreach (IReplayBuffer buffer in All) buffer.Begin();
    }

    public void Settle()
    {
        foreach (IReplayBuffer buffer in All) buffer.Settle();
    }

    public void GiveBack()
    {
        foreach (IReplayBuffer buffer in All) buffer.GiveBack();
    }

    private static IReplayBuffer BufferOf(ReplayOptions options, Modality modality)
    {
        (int countMax, long bytesMax) = options.CapacityOf(modality);
        return options.Policy switch
        {
            ReplayPolicy.Reservoir => new Reservoir(countMax, bytesMax),
            ReplayPolicy.Fifo => new FifoBuffer(countMax, bytesMax),
            ReplayPolicy.Balanced => new BalancedBuffer(countMax, bytesMax),
            ReplayPolicy.Minred or ReplayPolicy.Hybrid =>
                new RedundancyBuffer(options.Policy, countMax, bytesMax, options.FreshMax, options.FreshBytesMax),
            _ => throw new BrokenInvariantException($"no buffer for policy {options.Policy}"),
        };
    }
}
