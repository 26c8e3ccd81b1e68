using SslAgent.Continual.Measures;
using SslAgent.Continual.Runs;

namespace SslAgent.Continual.Reports;

/// <summary>All targets that the runs at hand can speak about.</summary>
internal static class Targets
{
    /// <summary>In percent of the lowest loss: points.</summary>
    private const double ForgettingMax = 1;

    /// <summary>Points of accuracy: a probe that is better by less is not clearly better.</summary>
    private const double OverRandomMin = 2;

    /// <param name="own">The method that is held against them.</param>
    public static IReadOnlyList<Target> Of(RunTable runs, string own, IEnumerable<string> streams) =>
        [.. streams.SelectMany(stream => runs.Shares(stream).SelectMany(share => Of(runs, own, stream, share))).OrderBy(target => target.Against)];

    /// <summary>How much worse than i.i.d. is not worse, in percent: what the buffer does not hold may cost something.</summary>
    private static double Margin(int share) => share >= 100 ? 2 : 5;

    private static IEnumerable<Target> Of(RunTable runs, string own, string stream, int share)
    {
        foreach (string objective in runs.Objectives(stream))
        {
            IReadOnlyList<(float[], float[])> iid = runs.PairedLosses(stream, share, objective, own, Methods.Iid);
            if (iid.Count > 0) yield return Make(Against.Iid, $"{objective} loss", PairedBootstrap.RelativeDifference(iid, Items.OfEachSeed), Margin(share), false, "%");
            IReadOnlyList<(float[], float[])> naive = runs.PairedLosses(stream, share, objective, own, Methods.Naive);
            if (naive.Count > 0) yield return Make(Against.Naive, $"{objective} loss", PairedBootstrap.RelativeDifference(naive, Items.OfEachSeed), 0, false, "%");
            IReadOnlyList<(float[] Own, float[] Same)> alone = runs.PairedForgetting(stream, share, objective, own, own);
            if (alone.Count > 0) yield return Forgotten(objective, [.. alone.Select(seed => (seed.Own, new float[seed.Own.Length]))]);
            IReadOnlyList<(float[], float[])> beside = runs.PairedForgetting(stream, share, objective, own, Methods.Iid);
            if (beside.Count > 0) yield return Forgotten($"{objective}, less i.i.d.'s", beside);
        }

        foreach (string task in runs.Tasks(stream))
        {
            IReadOnlyList<(float[], float[])> iid = runs.PairedAnswers(stream, share, task, own, Methods.Iid);
            if (iid.Count > 0) yield return Make(Against.Iid, $"{task} probe", PairedBootstrap.RelativeDifference(iid, Items.Shared), -Margin(share), true, "%");
            IReadOnlyList<(float[], float[])> naive = runs.PairedAnswers(stream, share, task, own, Methods.Naive);
            if (naive.Count > 0) yield return Make(Against.Naive, $"{task} probe", PairedBootstrap.Difference(naive, Items.Shared), 0, true, "points");
            IReadOnlyList<(float[], float[])> random = runs.PairedAnswers(stream, share, task, own, Methods.Random);
            if (random.Count > 0) yield return Make(Against.Random, $"{task} probe", PairedBootstrap.Difference(random, Items.Shared), OverRandomMin, true, "points");
        }

        Target Forgotten(string measure, IReadOnlyList<(float[], float[])> points)
        {
            Interval interval = PairedBootstrap.Difference(points, Items.OfEachSeed);
            return new Target(Against.Itself, stream, share, measure, interval.Estimate, interval.Low, interval.High, ForgettingMax, false, "points");
        }

        Target Make(Against against, string measure, Interval interval, double limit, bool mostIsGood, string unit) =>
            new(against, stream, share, measure, 100 * interval.Estimate, 100 * interval.Low, 100 * interval.High, limit, mostIsGood, unit);
    }
}
