using SslAgent.Domain;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Training;

namespace SslAgent.Learning.Tests.Training;

public sealed class LossSpikesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(24)]
    [InlineData(40)]
    [InlineData(71)]
    [InlineData(200)]
    public void The_largest_rise_is_what_the_definition_says(int steps)
    {
        output.WriteLine($"seed {Some.Seed}");
        var chance = new Philox(new DrawKey(Some.Seed, steps, 0, ChanceStream.Test));
        var losses = new float[steps];
        // Few values, so that many are equal.
        for (var step = 0; step < steps; step++) losses[step] = (float)(Math.Floor(8 * chance.NextDouble()) / 8);
        LossPeak? peak = LossSpikes.Largest(losses);

        double rise = Enumerable.Range(16, steps - 23).Max(at => losses[at..(at + 8)].Average(loss => (double)loss) - Median(losses[Math.Max(0, at - 64)..at]));
        double change = Enumerable.Range(1, steps - 1).Average(at => Math.Abs((double)losses[at] - losses[at - 1]));
        Assert.Equal(Math.Max(0, rise), peak!.Rise, 1e-12);
        Assert.Equal(change, peak.Change, 1e-12);
    }

    [Fact]
    public void A_plateau_in_mid_cycle_is_as_high_as_it_is()
    {
        float[] losses = [.. Enumerable.Range(0, 100).Select(step => step is >= 50 and < 58 ? 3f : 0.5f)];
        Assert.Equal(2.5, LossSpikes.Largest(losses)!.Rise, 1e-12);
        Assert.Equal(5.0 / 99, LossSpikes.Largest(losses)!.Change, 1e-12);
    }

    [Fact]
    public void A_loss_that_only_falls_never_rose_and_of_few_steps_nothing_is_said()
    {
        float[] falls = [.. Enumerable.Range(0, 300).Select(step => (float)Math.Exp(-step / 50.0))];
        Assert.Equal(0, LossSpikes.Largest(falls)!.Rise);
        Assert.Equal(0, LossSpikes.Largest(falls[..24])!.Rise);
        Assert.Null(LossSpikes.Largest(falls[..23]));
        Assert.Null(LossSpikes.Largest([]));
    }

    [Fact]
    public void A_cycle_gone_on_with_from_its_middle_tells_the_same_rise()
    {
        var whole = new ObjectiveLedger("mae");
        var first = new ObjectiveLedger("mae");
        for (var step = 0; step < 40; step++) Note(first, step);
        var second = new ObjectiveLedger(first.ToProgress());
        for (var step = 0; step < 100; step++) Note(whole, step);
        for (var step = 40; step < 100; step++) Note(second, step);
        Assert.Equal(whole.ToSummary(), second.ToSummary());
        Assert.True(whole.ToSummary().Peak!.Rise > 1);

        static void Note(ObjectiveLedger ledger, int step) => ledger.Add(step is >= 30 and < 50 ? 2 : 0.5f, 1, taken: step % 7 != 3, new StepDraws(), 0);
    }

    private static double Median(float[] values)
    {
        float[] ordered = [.. values.Order()];
        return ((double)ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
    }
}
