using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>Which samples a batch is made of. Pure: the same index, count, ratio and key give the same batch for ever.</summary>
internal static class Draws
{
    /// <summary>
    /// Draws without replacement, a share of the batch from the fresh samples; where one side has too few the other fills up. Batches of the key's successive steps go through all of a
    /// side, in an order that is drawn anew each time, before any of it comes again; what is too little for a batch at an order's end is left out until the next. A batch
    /// larger than everything there is holds everything as often as it fits, and a draw for the rest.
    /// </summary>
    /// <param name="weight">How often a replayed sample is drawn beside others, above 0; null: all are the same.</param>
    public static Drawable[] Draw(ModalityIndex index, int count, double freshRatio, DrawKey key, Func<Drawable, double>? weight = null)
    {
        Check.That(count >= 0 && (count == 0 || index.Count > 0), "a batch is drawn from a modality that has samples");
        var chance = new Philox(key with { Stream = ChanceStream.Sampling });
        var batch = new Drawable[count];
        int filled = 0;
        for (; count - filled >= index.Count && filled < count; filled += index.Count)
        {
            index.Fresh.CopyTo(batch, filled);
            index.Replayed.CopyTo(batch, filled + index.Fresh.Length);
        }

        int rest = count - filled;
        int fresh = Math.Clamp(FreshShare(index, rest, freshRatio), rest - index.Replayed.Length, index.Fresh.Length);
        Pick(index.Fresh, batch.AsSpan(filled, fresh), key);
        if (weight is null) Pick(index.Replayed, batch.AsSpan(filled + fresh), key);
        else PickWeighted(index.Replayed, batch.AsSpan(filled + fresh), weight, ref chance);
        chance.Shuffle(batch.AsSpan());
        return batch;
    }

    private static int FreshShare(ModalityIndex index, int count, double freshRatio) =>
        index.Replayed.Length == 0 ? count : Math.Min(count, (int)Math.Round(count * freshRatio, MidpointRounding.AwayFromZero));

    private static void Pick(Drawable[] from, Span<Drawable> into, DrawKey key)
    {
        if (into.Length == 0) return;
        int batches = from.Length / into.Length, first = key.Step % batches * into.Length;
        var order = new Permutation(from.Length, key with { Step = key.Step / batches });
        for (int i = 0; i < into.Length; i++) into[i] = from[order.At(first + i)];
    }

    /// <summary>Efraimidis and Spirakis (IPL 2006): each waits an exponential time, the shorter the heavier it is, and the first ones are picked. As many draws as there are samples.</summary>
    private static void PickWeighted(Drawable[] from, Span<Drawable> into, Func<Drawable, double> weight, ref Philox chance)
    {
        if (into.Length == 0) return;
        var first = new PriorityQueue<int, double>(into.Length + 1, Comparer<double>.Create(static (left, right) => right.CompareTo(left)));
        for (int i = 0; i < from.Length; i++)
        {
            double wait = -Math.Log(1 - chance.NextDouble()) / weight(from[i]);
            if (first.Count < into.Length) first.Enqueue(i, wait);
            else first.EnqueueDequeue(i, wait);
        }

        int[] picked = [.. first.UnorderedItems.Select(item => item.Element).Order()];
        for (int i = 0; i < into.Length; i++) into[i] = from[picked[i]];
    }
}
