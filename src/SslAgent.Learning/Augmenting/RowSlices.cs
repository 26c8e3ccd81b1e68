using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Work on chosen rows of a batch, a slice at a time: on a CPU a slice and what is computed from it stay in the cache, which is worth a factor of several in chains of cheap operations;
/// an accelerator takes all rows at once. What comes out does not depend on the slices.
/// </summary>
internal static class RowSlices
{
    // B batch, n rows of a slice, S side.

    /// <summary>
    /// Values in a slice on a CPU: 128 KiB of fp32. libtorch shares an operation on more between its threads, and where other work wants the processors, their meeting after
    /// every one of a hundred small operations costs more than it brings (as measured twice the processor time).
    /// </summary>
    private const long ValuesMax = 32_767;

    /// <summary>A run of the chosen rows: the one in place <paramref name="First"/> and those after it.</summary>
    internal readonly record struct Slice(int First, int Count)
    {
        /// <summary>What belongs to the slice's rows of something that has a row for each chosen one.</summary>
        public Tensor Of(Tensor rows) => rows.narrow(0, First, Count);
    }

    /// <summary>Each of <paramref name="count"/> rows with this probability.</summary>
    public static long[] Draw(int count, double probability, ref Philox chance)
    {
        var rows = new List<long>(count);
        for (var row = 0; row < count; row++)
            if (chance.NextDouble() < probability) rows.Add(row);
        return [.. rows];
    }

    /// <summary>Puts what <paramref name="edit"/> makes of the chosen rows in their place.</summary>
    /// <param name="pixels">fp32 [B, 3, S, S], written to.</param>
    /// <param name="edit">From [n, 3, S, S], a copy, to the same shape.</param>
    public static void Edit(Tensor pixels, long[] rows, Func<Tensor, Slice, Tensor> edit) => Edit(pixels, rows, [new Slice(0, rows.Length)], edit);

    /// <param name="groups">Runs that no slice may reach across, in order and covering all chosen rows.</param>
    public static void Edit(Tensor pixels, long[] rows, IReadOnlyList<Slice> groups, Func<Tensor, Slice, Tensor> edit)
    {
        if (rows.Length == 0) return;
        using var scope = NewDisposeScope();
        Tensor chosen = tensor(rows, device: pixels.device);
        foreach (Slice slice in Cut(pixels, groups))
        {
            using var temporaries = NewDisposeScope();
            Tensor mine = slice.Of(chosen);
            pixels.index_copy_(0, mine, edit(pixels.index_select(0, mine), slice));
        }
    }

    private static IEnumerable<Slice> Cut(Tensor pixels, IReadOnlyList<Slice> groups)
    {
        long values = pixels.numel() / pixels.shape[0];
        int most = pixels.is_cuda ? int.MaxValue : (int)Math.Max(1, ValuesMax / values);
        foreach (Slice group in groups)
            for (var done = 0; done < group.Count; done += Math.Min(most, group.Count - done))
                yield return new Slice(group.First + done, Math.Min(most, group.Count - done));
    }
}
