using SslAgent.Domain;

namespace SslAgent.Learning.Regularizing;

/// <summary>Rows of a batch that the replay buffer remembers, and the directions in which they lay when they were last embedded.</summary>
/// <param name="Rows">Row numbers of the batch [R].</param>
/// <param name="Directions">As <see cref="ISampleEmbedder"/> gave them, row-major [R, W].</param>
internal sealed record Recollection(int[] Rows, float[] Directions)
{
    /// <summary>One row in so many is held at most: it costs a pass of the tower over the whole sample, where a masked objective sees a part.</summary>
    private const int OneIn = 4;

    /// <summary>The first rows that are remembered (a batch is shuffled already); null where none is.</summary>
    public static Recollection? Of(Batch batch, ISampleMemory memory)
    {
        int most = Math.Max(1, batch.Count / OneIn);
        var rows = new List<int>(most);
        var directions = new List<float>();
        for (int row = 0; row < batch.Count && rows.Count < most; row++)
        {
            if (memory.Find(batch.Modality, batch.Ids[row]) is not { } direction) continue;
            rows.Add(row);
            directions.AddRange(direction);
        }

        return rows.Count == 0 ? null : new Recollection([.. rows], [.. directions]);
    }
}
