using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning.Augmenting;

/// <summary>
/// Work on chosen rows of a batch, a slice at a time. On a CPU a slice and what is computed from it stay in the cache, which is worth a factor of several in chains of cheap operations, and
/// slices are shared out to as many threads as libtorch has; an accelerator takes all rows at once. What comes out does not depend on the slices.
/// </summary>
internal static class RowSlices
{
    // B batch, n rows of a slice, S side.

    /// <summary>
    /// Values in a slice on a CPU: 128 KiB of fp32. libtorch shares an operation on more between its own threads, which meet after every one of a hundred small operations: twice the
    /// processor time, as measured, where other work wants the processors too. Threads that take slices meet once.
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
    /// <param name="edit">From [n, 3, S, S], a copy, to the same shape; may run on several threads, each time in a dispose scope of its own.</param>
    public static void Edit(Tensor pixels, long[] rows, Func<Tensor, Slice, Tensor> edit) => Edit(pixels, rows, [new Slice(0, rows.Length)], edit);

    /// <param name="groups">Runs that no slice may reach across, in order and covering all chosen rows.</param>
    /// <param name="threads">null for as many as libtorch has.</param>
    public static void Edit(Tensor pixels, long[] rows, IReadOnlyList<Slice> groups, Func<Tensor, Slice, Tensor> edit, int? threads = null)
    {
        if (rows.Length == 0) return;
        using var scope = NewDisposeScope();
        Tensor chosen = tensor(rows, device: pixels.device);
        if (pixels.is_cuda || Values(pixels) > ValuesMax)
        {
            foreach (Slice slice in Cut(pixels, groups)) Work(slice);
        }
        else
        {
            Parallel.ForEach(Cut(pixels, groups), new ParallelOptions { MaxDegreeOfParallelism = threads ?? get_num_threads() }, Work);
        }

        void Work(Slice slice)
        {
            using var temporaries = NewDisposeScope(); // Of this thread.
            Tensor mine = slice.Of(chosen);
            pixels.index_copy_(0, mine, edit(pixels.index_select(0, mine), slice));
        }
    }

    private static IEnumerable<Slice> Cut(Tensor pixels, IReadOnlyList<Slice> groups)
    {
        int most = pixels.is_cuda ? int.MaxValue : (int)Math.Max(1, ValuesMax / Values(pixels));
        foreach (Slice group in groups)
            for (var done = 0; done < group.Count; done += Math.Min(most, group.Count - done))
                yield return new Slice(group.First + done, Math.Min(most, group.Count - done));
    }

    /// <summary>Of one row.</summary>
    private static long Values(Tensor pixels) => pixels.numel() / pixels.shape[0];
}
