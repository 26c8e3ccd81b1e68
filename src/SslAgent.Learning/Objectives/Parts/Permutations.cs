using SslAgent.Domain;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// Orders that are easy to tell apart. Noroozi and Favaro, "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles" (ECCV 2016), algorithm 1: each is as far in Hamming distance from those before it as
/// any order is.
/// </summary>
/// <remarks>
/// We differ: the first is the right order and not a random one; as far means that the nearest of those before is as far as can be, then that all together are (the paper takes all together, and has pairs that agree in most places
/// where there are many); of equals the first in alphabetical order is taken: the same set for ever.
/// </remarks>
internal static class Permutations
{
    /// <summary>So many orders of <paramref name="items"/> things, at most 9 (their factorial is gone through).</summary>
    public static int[][] FarApart(int items, int count)
    {
        Check.That(items is > 0 and < 10, "orders of a few things are gone through one by one");
        byte[][] all = [.. Of(items)];
        Check.That(count <= all.Length, "there are that many orders");
        int[] sums = new int[all.Length], least = new int[all.Length];
        Array.Fill(least, items + 1);
        var chosen = new List<int[]>();
        for (var next = 0; chosen.Count < count; next = Farthest(sums, least))
        {
            chosen.Add([.. all[next].Select(item => (int)item)]);
            for (var other = 0; other < all.Length; other++)
            {
                int distance = Distance(all[next], all[other]);
                sums[other] += distance;
                least[other] = Math.Min(least[other], distance);
            }
        }

        return [.. chosen];
    }

    private static int Farthest(int[] sums, int[] least)
    {
        int best = -1;
        for (var i = 0; i < sums.Length; i++)
        {
            if (least[i] == 0) continue; // Chosen already.
            if (best < 0 || least[i] > least[best] || (least[i] == least[best] && sums[i] > sums[best])) best = i;
        }

        return best;
    }

    private static int Distance(byte[] one, byte[] other)
    {
        var distance = 0;
        for (var i = 0; i < one.Length; i++) distance += one[i] == other[i] ? 0 : 1;
        return distance;
    }

    /// <summary>All orders, alphabetically.</summary>
    private static IEnumerable<byte[]> Of(int items)
    {
        byte[] order = [.. Enumerable.Range(0, items).Select(item => (byte)item)];
        while (true)
        {
            yield return [.. order];
            int pivot = items - 2;
            while (pivot >= 0 && order[pivot] > order[pivot + 1]) pivot--;
            if (pivot < 0) yield break;
            int successor = items - 1;
            while (order[successor] < order[pivot]) successor--;
            (order[pivot], order[successor]) = (order[successor], order[pivot]);
            order.AsSpan(pivot + 1).Reverse();
        }
    }
}
