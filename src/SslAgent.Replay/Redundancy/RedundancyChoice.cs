namespace SslAgent.Replay;

/// <summary>One sample as the choice sees it.</summary>
/// <param name="MayLeave">False for one that is neighbour to others and never asked to leave.</param>
internal readonly record struct Weighed(ulong Priority, long Bytes, bool MayLeave);

/// <summary>
/// Who leaves so that the rest is as little redundant as it may be: again and again of the two samples nearest to each other one goes, that with the larger
/// priority, so that neither the old nor the new is favoured. Purushwalkam et al. (ECCV 2022, section 5): argmin over i of min over j of the cosine distance.
/// <para>We differ: neighbours are searched in cells (<see cref="NeighbourCells"/>), and a sample whose neighbour left is searched anew only when its turn comes.</para>
/// </summary>
internal static class RedundancyChoice
{
    /// <summary>As many as are needed, or all that may leave: in the order in which they leave, with the number of comparisons that it took.</summary>
    public static (IReadOnlyList<int> Leaving, long Comparisons) Choose(ReadOnlySpan<sbyte> vectors, Weighed[] samples, long countOver, long bytesOver)
    {
        if (countOver <= 0 && bytesOver <= 0) return ([], 0);
        var cells = new NeighbourCells(vectors, [.. samples.Select(sample => sample.Priority)]);
        var leaving = new List<int>();
        int[] neighbours = new int[samples.Length];
        // Nearest first; of equally near ones the larger priority, then the first.
        var turns = new PriorityQueue<int, (double Distance, ulong Priority, int Sample)>();
        for (int sample = 0; sample < samples.Length; sample++)
        {
            if (samples[sample].MayLeave) Search(sample);
        }

        while ((countOver > 0 || bytesOver > 0) && turns.TryDequeue(out int sample, out _))
        {
            if (cells.IsRemoved(sample)) continue;
            int neighbour = neighbours[sample];
            if (neighbour >= 0 && cells.IsRemoved(neighbour))
            {
                Search(sample);
                continue;
            }

            bool goesItself = neighbour < 0 || !samples[neighbour].MayLeave || samples[neighbour].Priority <= samples[sample].Priority;
            int gone = goesItself ? sample : neighbour;
            cells.Remove(gone);
            leaving.Add(gone);
            countOver--;
            bytesOver -= samples[gone].Bytes;
            if (!goesItself) Search(sample);
        }

        return (leaving, cells.Comparisons);

        void Search(int sample)
        {
            (neighbours[sample], double cosine) = cells.Nearest(sample);
            turns.Enqueue(sample, (-cosine, ulong.MaxValue - samples[sample].Priority, sample));
        }
    }
}
