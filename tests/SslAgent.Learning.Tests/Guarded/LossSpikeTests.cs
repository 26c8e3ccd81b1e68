using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Training;

namespace SslAgent.Learning.Tests.Guarded;

/// <summary>
/// Training losses from the steps to the verdict: both ways to be wrong about a rise in mid-cycle, on simulated courses that fall and then go on unevenly, and on a real network whose loss is
/// made to spike.
/// </summary>
public sealed class LossSpikeTests(ITestOutputHelper output)
{
    private const int Cycles = 20;

    private static readonly Guard Guard = new(new GuardOptions());

    private static readonly EraProbe Era = new(0, "mae", 0.3, 0.002, 1, 64, 7);

    [Theory]
    [InlineData("normal", 0.0, 0.002)]
    [InlineData("exponential", 0.0, 0.002)]
    [InlineData("lognormal", 0.0, 0.002)]
    [InlineData("odd batches", 0.0, 0.002)]
    [InlineData("normal", 0.8, 0.02)]
    [InlineData("lognormal", 0.8, 0.05)]
    public void Healthy_uneven_courses_are_hardly_ever_held(string noise, double correlation, double shareMax)
    {
        output.WriteLine($"seed {Some.Seed}");
        int held = 0, judged = 0;
        foreach (int steps in new[] { 24, 60, 200 })
        {
            foreach (double deviation in new[] { 0.05, 0.15, 0.4 })
            {
                int before = held;
                for (int line = 0; line < 8; line++)
                {
                    held += new LossCourse(noise, steps, deviation, correlation, line).Run(Cycles, spike: null).Count(isHeld => isHeld);
                    judged += Cycles - 1;
                }

                output.WriteLine($"{noise}, {steps} steps, deviation {deviation}: {held - before} held of {8 * (Cycles - 1)}");
            }
        }

        Assert.InRange(held, 0, (int)(judged * shareMax));
    }

    [Theory]
    [InlineData(0.02, 0.3)]
    [InlineData(0.05, 0.6)]
    [InlineData(0.15, 1.5)]
    public void A_spike_that_is_over_before_its_cycle_is_held(double deviation, double height)
    {
        output.WriteLine($"seed {Some.Seed}");
        foreach (int steps in new[] { 60, 200, 1000 })
        {
            int caught = Enumerable.Range(0, 20).Count(line => new LossCourse("normal", steps, deviation, 0, line).Run(8, new Spike(height, 10))[^1]);
            output.WriteLine($"{steps} steps, deviation {deviation}: {caught} of 20 spikes by {height} of the trivial loss over 10 steps were held");
            Assert.Equal(20, caught);
        }
    }

    [Fact]
    public void A_real_loss_that_spikes_in_mid_cycle_is_held_and_the_same_cycle_without_is_promoted()
    {
        Verdict calm = Train(_ => false), spiking = Train(key => key.Cycle == 2 && key.Step is >= 30 and < 40);
        Assert.Equal(VerdictKind.Promote, calm.Kind);
        Assert.Equal(VerdictKind.Hold, spiking.Kind);
        VerdictReason reason = Assert.Single(spiking.Reasons, reason => reason.Kind == VerdictKind.Hold);
        Assert.Equal("uneven training loss, largest rise within the cycle", reason.Measure);
        Assert.True(reason.Value > reason.Limit && reason.Unit == "of the trivial loss", reason.ToString());
    }

    /// <summary>The verdict on a second cycle of MAE whose loss is six times as large at some steps.</summary>
    private Verdict Train(Func<DrawKey, bool> at)
    {
        ObjectiveDefinition uneven = Mae.Definition with
        {
            Name = "uneven",
            Declare = _ => [],
            Loss = input =>
            {
                ObjectiveLoss loss = Mae.Loss(input);
                return at(input.Key) ? new ObjectiveLoss(loss.Loss * 6) : loss;
            },
        };
        LearnerPlan plan = Some.Plan() with { Objectives = [new ObjectivePlan("uneven", 1, 8)] };
        using Learner learner = Some.Learner(plan, uneven);
        CycleReport first = learner.RunCycle(new CycleNumber(1), 0, 80, new KeyedSource(100, 0, 0), _ => true, null);
        EraBook book = EraBook.Empty.Promoted(new ModelVersion(1), learner.Probe(new Sentinels()), first);
        CycleReport second = learner.RunCycle(new CycleNumber(2), 0, 80, new KeyedSource(100, 0, 0), _ => true, null);
        Verdict verdict = Guard.Judge(new GuardInput(second, learner.Probe(new Sentinels()), book));
        output.WriteLine($"{first.Objectives["uneven"].Peak}, then {second.Objectives["uneven"].Peak}: {verdict.Kind}: {string.Join("; ", verdict.Reasons)}");
        return verdict;
    }

    /// <param name="Height">As a share of the trivial loss.</param>
    private sealed record Spike(double Height, int Steps);

    /// <summary>A line of cycles by their training losses alone. The trivial loss is 1; what was not held enters the book.</summary>
    private sealed class LossCourse(string noise, int steps, double deviation, double correlation, int line)
    {
        private Philox _chance = new(new DrawKey(Some.Seed, steps, line, ChanceStream.Test));
        private double _lasting;
        private int _step;

        /// <summary>Whether each cycle was held for a rise; a spike stands in the middle of the last one.</summary>
        public bool[] Run(int cycles, Spike? spike)
        {
            EraBook book = EraBook.Empty;
            var held = new bool[cycles];
            for (int cycle = 0; cycle < cycles; cycle++)
            {
                ObjectiveSummary summary = Cycle(cycle == cycles - 1 ? spike : null);
                var report = new CycleReport(new CycleNumber(cycle + 1), steps, new Dictionary<string, ObjectiveSummary> { ["mae"] = summary }, []);
                var probe = new ProbeReport([Era], [], null);
                Verdict verdict = Guard.Judge(new GuardInput(report, probe, book));
                held[cycle] = verdict.Reasons.Any(reason => reason.Kind != VerdictKind.Promote && reason.Measure.Contains("largest rise", StringComparison.Ordinal));
                if (!held[cycle]) book = book.Promoted(new ModelVersion(cycle + 1), probe, report);
            }

            return held;
        }

        private ObjectiveSummary Cycle(Spike? spike)
        {
            var ledger = new ObjectiveLedger("mae");
            for (int step = 0; step < steps; step++, _step++)
            {
                _lasting = (correlation * _lasting) + (Math.Sqrt(1 - (correlation * correlation)) * Draw());
                double loss = 0.3 + (0.7 * Math.Exp(-_step / 100.0)) + (deviation * _lasting);
                if (spike is not null && step >= steps / 2 && step < (steps / 2) + spike.Steps) loss += spike.Height;
                ledger.Add((float)loss, 1, taken: true, new StepDraws(), 0);
            }

            return ledger.ToSummary();
        }

        /// <summary>How single steps differ: mean 0 and standard deviation 1; where one batch in fifty is odd, a little more.</summary>
        private double Draw() => noise switch
        {
            "exponential" => -Math.Log(1 - _chance.NextDouble()) - 1,
            "lognormal" => (Math.Exp(Gaussian()) - Math.Exp(0.5)) / Math.Sqrt((Math.E - 1) * Math.E),
            "odd batches" => Gaussian() + (_chance.NextDouble() < 0.02 ? 8 : 0),
            "normal" => Gaussian(),
            _ => throw new ArgumentException($"there is no noise {noise}"),
        };

        /// <summary>A standard normal number (Box and Muller).</summary>
        private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _chance.NextDouble())) * Math.Cos(2 * Math.PI * _chance.NextDouble());
    }
}
