using SslAgent.Probing;

namespace SslAgent.Tests.Probing;

public sealed class NeighboursTests
{
    private static readonly float[][] Known = [[1, 0], [1, 0.1f], [1, -0.1f], [0, 1], [0.1f, 1], [-0.1f, 1], [-0.2f, 1]];

    private static readonly int[] Labels = [0, 0, 0, 1, 1, 1, 1];

    [Fact]
    public void The_label_of_most_of_the_five_nearest_wins_whatever_the_length() =>
        Assert.Equal([0, 1, 1], Neighbours.Vote(Known, Labels, 2, [[9, 0.2f], [0, 0.01f], [-0.5f, 1]]));

    [Fact]
    public void What_is_like_the_known_is_nearer_than_what_is_not()
    {
        double[] distances = Neighbours.Distances([[1, 0], [1, 0.1f], [1, -0.1f], [1, 0.2f], [1, 0.3f]], [[1, 0.05f], [-1, 0], [0, 1]]);
        Assert.InRange(distances[0], 0, 0.05);
        Assert.InRange(distances[1], 1.9, 2);
        Assert.InRange(distances[2], 0.7, 1.1);
    }
}
