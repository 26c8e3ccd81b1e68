using SslAgent.Domain;
using SslAgent.Probing;

namespace SslAgent.Tests.Probing;

public sealed class RidgeProbeTests
{
    private const ulong Seed = 11;

    [Fact]
    public void Classes_that_a_plane_parts_are_told_apart_and_noise_is_not()
    {
        (float[][] rows, int[] labels) = Draw(600, parted: true);
        (float[][] asked, int[] truth) = Draw(300, parted: true, step: 1);
        Assert.True(Right(rows, labels, asked, truth) > 0.95, $"seed {Seed}: {Right(rows, labels, asked, truth)}");
        (rows, labels) = Draw(600, parted: false, step: 2);
        (asked, truth) = Draw(300, parted: false, step: 3);
        Assert.InRange(Right(rows, labels, asked, truth), 0.2, 0.47);
    }

    [Fact]
    public void A_feature_that_never_changes_and_one_that_repeats_another_do_no_harm()
    {
        (float[][] rows, int[] labels) = Draw(300, parted: true);
        float[][] wider = [.. rows.Select(row => (float[])[.. row, 7f, row[0], 3 * row[0]])];
        int[] said = RidgeProbe.Fit(wider, labels, 3).Predict(wider);
        Assert.True(said.Zip(labels, (one, other) => one == other).Count(right => right) > 285, $"seed {Seed}");
    }

    private static double Right(float[][] rows, int[] labels, float[][] asked, int[] truth) =>
        RidgeProbe.Fit(rows, labels, 3).Predict(asked).Zip(truth, (one, other) => one == other ? 1.0 : 0).Average();

    /// <summary>Three clouds in eight dimensions, around points on three axes or all around the origin.</summary>
    private static (float[][] Rows, int[] Labels) Draw(int count, bool parted, int step = 0)
    {
        var chance = new Philox(new DrawKey(Seed, 1, step, ChanceStream.Test));
        var rows = new float[count][];
        var labels = new int[count];
        for (int row = 0; row < count; row++)
        {
            rows[row] = new float[8];
            for (int i = 0; i < 8; i++) rows[row][i] = chance.NextSingle() - 0.5f;
            labels[row] = chance.NextInt(3);
            if (parted) rows[row][labels[row]] += 1;
        }

        return (rows, labels);
    }
}
