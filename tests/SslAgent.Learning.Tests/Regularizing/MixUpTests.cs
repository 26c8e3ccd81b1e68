using SslAgent.Domain;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.Tests.Support;
using static TorchSharp.torch;

namespace SslAgent.Learning.Tests.Regularizing;

public sealed class MixUpTests
{
    private static readonly DrawKey Key = new(Some.Seed, 1, 2, ChanceStream.MixUp);

    [Fact]
    public void Every_row_is_mixed_with_another_and_each_is_a_partner_once()
    {
        using var scope = NewDisposeScope();
        const int batch = 9;
        // Row i is 1 in plane i of its own and 0 elsewhere: the mixture shows who is in it and how much.
        Tensor frames = eye(batch).view(batch, batch, 1, 1);
        float[][] mixed = [.. MixUp.Apply(frames, 0.5, Key).contiguous().data<float>().ToArray().Chunk(batch)];
        var partners = new List<int>();
        for (var row = 0; row < batch; row++)
        {
            Assert.Equal(1, mixed[row].Sum(), 1e-5);
            int[] others = [.. Enumerable.Range(0, batch).Where(column => column != row && mixed[row][column] > 1e-6)];
            Assert.True(others.Length <= 1);
            partners.AddRange(others);
        }

        Assert.Equal(partners.Count, partners.Distinct().Count());
        Assert.True(partners.Count >= batch - 2, "shares so near to 1 that the partner cannot be seen are rare");
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.4)]
    [InlineData(1.0)]
    public void Shares_have_the_mean_and_variance_of_the_beta_distribution(double alpha)
    {
        const int draws = 40_000;
        var chance = new Philox(Key);
        var shares = new double[draws];
        for (var i = 0; i < draws; i++) shares[i] = MixUp.DrawShare(alpha, ref chance);
        double mean = shares.Average(), variance = shares.Average(share => (share - mean) * (share - mean));
        double expected = 1 / (4 * (2 * alpha + 1));
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        // Four standard deviations of the mean; the variance of bounded draws is steadier than that.
        Assert.Equal(0.5, mean, 4 * Math.Sqrt(expected / draws));
        Assert.Equal(expected, variance, 0.02 * expected + 1e-3);
    }

    [Fact]
    public void The_same_key_mixes_the_same_way_and_a_batch_of_one_stays()
    {
        using var scope = NewDisposeScope();
        Tensor frames = tensor(Enumerable.Range(0, 48).Select(i => (float)i).ToArray()).view(4, 3, 2, 2);
        Assert.Equal(MixUp.Apply(frames, 0.4, Key).data<float>().ToArray(), MixUp.Apply(frames, 0.4, Key).data<float>().ToArray());
        Assert.NotEqual(MixUp.Apply(frames, 0.4, Key).data<float>().ToArray(), MixUp.Apply(frames, 0.4, Key with { Step = 3 }).data<float>().ToArray());
        Tensor one = frames.narrow(0, 0, 1);
        Assert.Equal(one.contiguous().data<float>().ToArray(), MixUp.Apply(one, 0.4, Key).contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Frames_of_a_training_batch_are_mixed_those_of_pairs_and_probes_are_not()
    {
        using var scope = NewDisposeScope();
        using var fixture = new Fixture();
        LearnerPlan plain = Some.Plan(), mixing = Some.Plan(Some.SmallLearning with { MixUp = 0.4 });
        Assert.NotEqual(Training(Modality.Frame, plain), Training(Modality.Frame, mixing));
        Assert.Equal(Training(Modality.Pair, plain), Training(Modality.Pair, mixing));
        Assert.Equal(Probing(plain), Probing(mixing));

        float[] Training(Modality modality, LearnerPlan plan) => Pixels(InputBuilder.ForTraining(
            Some.Batch(modality, 0, 6), plan, fixture.Towers, new ByteTokenizer(), null, Key).Frames);

        float[] Probing(LearnerPlan plan) => Pixels(InputBuilder.ForProbing(
            Some.Batch(Modality.Frame, 0, 6), plan, fixture.Towers, new ByteTokenizer(), null, Key).Frames);

        static float[] Pixels(Tensor? frames) => Check.NotNull(frames, "frames were asked for").contiguous().data<float>().ToArray();
    }
}
