using System.Text;
using System.Text.Json.Nodes;
using SslAgent.Domain;

namespace SslAgent.Guarding.Tests;

public sealed class DivergencePolicyTests(ITestOutputHelper output)
{
    private const ulong Seed = 20261128;

    /// <summary>As uneven as real steps are: their standard deviation is about 0.05 of the trivial loss.</summary>
    private static readonly LossPeak Even = new(0, 0.04);

    private static readonly EraProbe Era = Some.Era(0, 0.57);

    private static Verdict Judge(ObjectiveSummary summary) => Some.Judge(Some.Input(Some.Probe(Era), Some.Book(Era), Some.Report(summary)));

    [Theory]
    [InlineData(0.60, 0.58, VerdictKind.Promote)]
    [InlineData(0.57, 0.58, VerdictKind.Promote)]
    [InlineData(0.57, 0.75, VerdictKind.Hold)]
    [InlineData(0.57, 1.30, VerdictKind.Reject)]
    [InlineData(1.09, 0.90, VerdictKind.Promote)]
    public void A_loss_that_rises_within_a_cycle_is_divergence(double first, double last, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Summary(first: first, last: last) with { Peak = Even }).Kind);

    [Theory]
    [InlineData(30, 0.06, VerdictKind.Promote)]
    [InlineData(900, 0.06, VerdictKind.Hold)]
    [InlineData(30, 0.01, VerdictKind.Hold)]
    [InlineData(30, 0.3, VerdictKind.Promote)]
    public void A_cycle_is_granted_the_noise_that_its_own_steps_have(int steps, double change, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Summary(first: 0.50, last: 0.60, steps: steps) with { Peak = new LossPeak(0, change) }).Kind);

    [Fact]
    public void Of_healthy_cycles_no_more_are_stopped_than_promised_however_uneven_their_steps_are()
    {
        output.WriteLine($"seed {Seed}");
        const int cycles = 4000;
        foreach ((int steps, double deviation) in new[] { (24, 0.01), (24, 0.05), (24, 0.1), (50, 0.1), (50, 0.2), (200, 0.2), (200, 0.4) })
        {
            var chance = new Philox(new DrawKey(Seed, steps, (int)(deviation * 100), ChanceStream.Test));
            int part = steps / 10;
            int stopped = 0;
            for (int cycle = 0; cycle < cycles; cycle++)
            {
                double[] losses = new double[steps];
                for (int step = 0; step < steps; step++) losses[step] = 0.6 + deviation * Some.Gaussian(ref chance);
                ObjectiveSummary summary = Some.Summary(first: losses[..part].Average(), last: losses[^part..].Average(), steps: steps) with
                {
                    Peak = new LossPeak(0, losses.Skip(1).Zip(losses, (next, last) => Math.Abs(next - last)).Average()),
                };
                if (Judge(summary).Kind != VerdictKind.Promote) stopped++;
            }
            output.WriteLine($"{steps} steps that vary by {deviation}: {stopped} of {cycles} stopped");
            Assert.InRange(stopped / (double)cycles, 0, 0.01);
        }
    }

    [Fact]
    public void What_swings_to_and_fro_as_it_diverges_does_not_excuse_itself()
    {
        double[] losses = [.. Enumerable.Range(0, 30).Select(step => step < 6 ? 0.5 : step % 2 == 0 ? 5.0 : 1)];
        ObjectiveSummary summary = Some.Summary(first: losses[..3].Average(), last: losses[^3..].Average(), steps: 30) with
        {
            Peak = new LossPeak(0, losses.Skip(1).Zip(losses, (next, last) => Math.Abs(next - last)).Average()),
        };
        Assert.Equal(VerdictKind.Reject, Judge(summary).Kind);
    }

    [Fact]
    public void Cycles_of_too_few_steps_to_know_their_noise_are_not_judged_by_their_losses() =>
        Assert.Equal(VerdictKind.Promote, Judge(Some.Summary(first: 0.5, last: 5, steps: 9)).Kind);

    [Theory]
    [InlineData(9.9, VerdictKind.Promote)]
    [InlineData(11, VerdictKind.Hold)]
    [InlineData(1001, VerdictKind.Reject)]
    public void A_gradient_many_times_the_usual_one_is_divergence(double norm, VerdictKind expected) =>
        Assert.Equal(expected, Judge(Some.Summary(norm: norm)).Kind);

    [Fact]
    public void A_gradient_that_grows_ninefold_with_each_version_is_stopped()
    {
        Assert.Equal([VerdictKind.Promote, VerdictKind.Promote, VerdictKind.Hold, VerdictKind.Hold], Line(1, 9, 80, 700));
        Assert.Equal(VerdictKind.Hold, Line([.. Enumerable.Repeat(1.0, 8), 9, 60])[^1]);
    }

    [Fact]
    public void Gradients_of_healthy_lines_as_they_were_measured_are_let_through()
    {
        // Largest norms of real cycles, by objective: those that differed most.
        double[][] lines = [[26.9, 17.3, 7.5, 8.9, 6.8, 9.4, 6.7], [1, 3.6, 12.23], [2.3, 1.4, 1.6, 1.2, 1.4, 1.3, 2.2, 1], [1, 3.55, 2.75], [1, 2.7, 0.9, 3.12]];
        Assert.All(lines, norms => Assert.All(Line(norms), kind => Assert.Equal(VerdictKind.Promote, kind)));
    }

    [Fact]
    public void What_is_usual_follows_a_line_that_changes_for_good_and_the_book_stays_bounded()
    {
        double[] norms = [.. Enumerable.Repeat(1.0, 100), .. Enumerable.Repeat(8.0, 100), .. Enumerable.Repeat(60.0, 100)];
        Assert.All(Line(norms), kind => Assert.Equal(VerdictKind.Promote, kind));
        Assert.InRange(BytesAfter(norms.Length), 1, BytesAfter(20) + 100);

        int BytesAfter(int versions) => EraBookJson.Write(norms.Take(versions).Aggregate(Some.Book(Era), (line, norm) =>
            line.Promoted(new ModelVersion(2), Some.Probe(Era), Some.Report(Some.Summary(norm: norm) with { Peak = new LossPeak(norm, norm) })))).Length;
    }

    [Fact]
    public void A_book_of_a_release_that_kept_only_the_largest_norm_is_gone_on_with()
    {
        JsonNode old = Check.NotNull(JsonNode.Parse(EraBookJson.Write(Some.Book(Era))), "a book is an object");
        foreach (JsonNode? gradient in Check.NotNull(old["book"]?["gradients"], "a book has gradients").AsArray()) Check.NotNull(gradient, "no gradient is null").AsObject().Remove("recent");
        EraBook book = EraBookJson.Read(Encoding.UTF8.GetBytes(old.ToJsonString()));
        Assert.Equal([VerdictKind.Promote, VerdictKind.Hold, VerdictKind.Reject], new[] { 9.9, 11, 1001 }.Select(norm => Judge(norm, book).Kind));
        Assert.Equal(VerdictKind.Promote, Judge(20, book.Promoted(new ModelVersion(2), Some.Probe(Era), Some.Report(Some.Summary(norm: 9)))).Kind);
    }

    [Theory]
    [InlineData(0.25, VerdictKind.Promote)]
    [InlineData(0.30, VerdictKind.Hold)]
    [InlineData(1e30, VerdictKind.Hold)]
    public void A_loss_that_rises_within_a_cycle_by_many_times_what_is_usual_is_held_and_never_rejected(double rise, VerdictKind expected)
    {
        Verdict verdict = Judge(Peaked(rise), Peaked(0.05));
        Assert.Equal(expected, verdict.Kind);
        VerdictReason? reason = verdict.Reasons.SingleOrDefault(reason => reason.Measure == "mae training loss, largest rise within the cycle");
        if (expected == VerdictKind.Promote) return;
        Assert.Equal((rise / 0.667, 0.1 + 4 * 0.05 / 0.667, "of the trivial loss"), (reason!.Value, reason.Limit, reason.Unit));
    }

    [Fact]
    public void A_rise_is_not_judged_where_none_is_usual_yet_nor_where_none_was_recorded()
    {
        Assert.Equal(VerdictKind.Promote, Judge(Peaked(9), Some.Summary()).Kind);
        Assert.Equal(VerdictKind.Promote, Judge(Some.Summary(), Peaked(0.05)).Kind);
    }

    [Fact]
    public void One_spike_that_was_let_through_lets_no_other_through_and_a_cycle_as_uneven_as_ever_is_not_held_for_earlier_ones_that_only_fell()
    {
        Assert.Equal(VerdictKind.Hold, Judge(Peaked(0.30), Peaked(0.05), Peaked(9), Peaked(0.05)).Kind);
        Assert.Equal(VerdictKind.Hold, Judge(Peaked(0.30), Peaked(0), Peaked(0)).Kind);
        Assert.Equal(VerdictKind.Promote, Judge(Peaked(0.30, change: 0.1), Peaked(0), Peaked(0)).Kind);
    }

    [Fact]
    public void An_objective_without_a_measured_trivial_loss_is_judged_by_its_gradient_only()
    {
        Verdict verdict = Judge(Some.Summary("clip", first: 1, last: 100) with { Peak = Even });
        Assert.DoesNotContain(verdict.Reasons, reason => reason.Policy == "divergence");
        Assert.Equal(VerdictKind.Promote, verdict.Kind);
    }

    private static Verdict Judge(double norm, EraBook book) => Some.Judge(Some.Input(Some.Probe(Era), book, Some.Report(Some.Summary(norm: norm))));

    private static ObjectiveSummary Peaked(double rise, double change = 0.01) => Some.Summary() with { Peak = new LossPeak(rise, change) };

    /// <summary>The verdict on a cycle after these promoted ones.</summary>
    private static Verdict Judge(ObjectiveSummary now, params ObjectiveSummary[] before)
    {
        EraBook book = before.Aggregate(EraBook.Empty, (line, summary) => line.Promoted(new ModelVersion(line.Promotions + 1), Some.Probe(Era), Some.Report(summary)));
        return Some.Judge(Some.Input(Some.Probe(Era), book, Some.Report(now)));
    }

    /// <summary>The verdicts on a line of cycles with these largest norms; the promoted ones enter its book.</summary>
    private static VerdictKind[] Line(params double[] norms)
    {
        EraBook book = EraBook.Empty;
        return [.. norms.Select(norm =>
        {
            Verdict verdict = Judge(norm, book);
            if (verdict.Kind == VerdictKind.Promote) book = book.Promoted(new ModelVersion(2), Some.Probe(Era), Some.Report(Some.Summary(norm: norm)));
            return verdict.Kind;
        })];
    }
}
