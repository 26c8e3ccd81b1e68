using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests.Redundancy;

public sealed class EmbeddingBookTests
{
    [Fact]
    public void It_is_read_back_whole_and_damage_is_told()
    {
        EmbeddingBook book = EmbeddingBook.Empty.With(Modality.Frame, Table(3, 7, 9)).With(Modality.Pair, Table(4));
        byte[] bytes = book.Write();
        Assert.Equal(bytes, EmbeddingBook.Read(bytes).Write());
        Assert.Equal((4, 3), (book.Count, EmbeddingBook.Read(bytes).Of(Modality.Frame).Count));
        for (int at = 0; at < bytes.Length; at += 13)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 0x40;
            Assert.Throws<StateFormatException>(() => EmbeddingBook.Read(damaged));
        }

        Assert.Throws<StateFormatException>(() => EmbeddingBook.Read(bytes[..5]));
    }

    [Fact]
    public void Only_the_direction_of_what_is_embedded_counts_to_a_part_in_a_hundred()
    {
        float[] row = new ClusterEmbedder().Row(1, 1);
        EmbeddingTable one = EmbeddingTable.Empty.After(1, new Dictionary<long, float[]> { [5] = row }, [5]);
        EmbeddingTable longer = EmbeddingTable.Empty.After(1, new Dictionary<long, float[]> { [5] = [.. row.Select(number => number * 1000)] }, [5]);
        Assert.Equal(one.VectorAt(0).ToArray(), longer.VectorAt(0).ToArray());
        Assert.InRange(Cosine(row, one.VectorAt(0)), 0.999, 1);
    }

    [Fact]
    public void What_is_embedded_again_moves_half_of_the_way()
    {
        float[] first = new ClusterEmbedder().Row(1, 1), second = new ClusterEmbedder().Row(2, 1);
        EmbeddingTable table = EmbeddingTable.Empty.After(1, new Dictionary<long, float[]> { [5] = first }, [5]);
        EmbeddingTable moved = table.After(2, new Dictionary<long, float[]> { [5] = second }, [5]);
        double near = Cosine(first, moved.VectorAt(0)), far = Cosine(second, moved.VectorAt(0));
        Assert.Equal(near, far, tolerance: 0.01);
        Assert.Equal(2, moved.CycleAt(0));
        Assert.Equal(1, table.After(2, new Dictionary<long, float[]>(), [5]).CycleAt(0));
    }

    [Fact]
    public void Only_who_is_kept_stays_and_what_is_no_direction_stands_nowhere()
    {
        Assert.Equal([3L, 9L], Table(3, 7, 9).After(2, new Dictionary<long, float[]>(), [3, 8, 9]).Ids.ToArray());
        Assert.False(EmbeddingTable.IsDirection(new float[EmbeddingBook.Width]));
        Assert.False(EmbeddingTable.IsDirection([1, float.NaN]));
        Assert.True(EmbeddingTable.IsDirection([0, 1e-9f]));
    }

    private static EmbeddingTable Table(params long[] ids) =>
        EmbeddingTable.Empty.After(1, ids.ToDictionary(id => id, id => new ClusterEmbedder().Row((int)id, 0)), ids);

    private static double Cosine(float[] row, ReadOnlySpan<sbyte> vector)
    {
        double dot = 0, mine = 0, theirs = 0;
        for (int i = 0; i < row.Length; i++) (dot, mine, theirs) = (dot + (row[i] * vector[i]), mine + (row[i] * row[i]), theirs + (vector[i] * vector[i]));
        return dot / Math.Sqrt(mine * theirs);
    }
}
