using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>One buffer each for frames, texts and pairs.</summary>
internal sealed class BufferTrio(IReplayBuffer frames, IReplayBuffer texts, IReplayBuffer pairs)
{
    public IReplayBuffer Frames => frames;

    public IReplayBuffer Texts => texts;

    public IReplayBuffer Pairs => pairs;

    private IReplayBuffer[] All => [frames, texts, pairs];

    /// <summary>The buffers that the options ask for.</summary>
    public static BufferTrio Of(ReplayOptions options) => new(
        BufferOf(options, Modality.Frame), BufferOf(options, Modality.Text), BufferOf(options, Modality.Pair));

    public IReplayBuffer Of(Modality modality) => modality switch
    {
        Modality.Frame => frames,
        Modality.Text => texts,
        _ => pairs,
    };

    public int RemoveAll(Predicate<Entry> match) => All.Sum(buffer => buffer.RemoveAll(match));

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

    /// <summary>Adds the numbers of all samples that the entries stand for.</summary>
    public void CollectLive(ISet<long> ids)
    {
        foreach (Entry entry in All.SelectMany(buffer => buffer.Entries()))
        {
            ids.Add(entry.Id);
            ids.Add(entry.OtherId);
        }
    }

    public void Save(BinaryWriter to)
    {
        foreach (IReplayBuffer buffer in All) buffer.Save().Write(to);
    }

    public void Load(BinaryReader from)
    {
        foreach (IReplayBuffer buffer in All) buffer.Load(SavedBuffer.Read(from));
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
