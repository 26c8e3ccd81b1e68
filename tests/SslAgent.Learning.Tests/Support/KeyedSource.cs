using SslAgent.Domain;

namespace SslAgent.Learning.Tests.Support;

/// <summary>A frozen view of numbered samples from which batches are drawn by key, as the replay room does.</summary>
internal sealed class KeyedSource(int frames, int texts, int pairs) : IBatchSource
{
    public AvailableData Available { get; } = new(frames, texts, pairs);

    public List<DrawKey> Drawn { get; } = [];

    public Batch Draw(Modality modality, int count, DrawKey key)
    {
        Drawn.Add(key);
        int[] order = [.. Enumerable.Range(0, Available.Of(modality))];
        new Philox(key).Shuffle<int>(order);
        Batch[] ones = [.. order.Take(count).Select(number => Some.Batch(modality, number, 1))];
        return new Batch(
            modality, [.. ones.SelectMany(one => one.Ids)], [.. ones.SelectMany(one => one.Frames)], [.. ones.SelectMany(one => one.Texts)]);
    }
}
