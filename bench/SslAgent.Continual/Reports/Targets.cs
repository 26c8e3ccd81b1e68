using SslAgent.Continual.Measures;
using SslAgent.Continual.Runs;

namespace SslAgent.Continual.Reports;

/// <summary>All targets that the runs at hand can speak about.</summary>
internal static class Targets
{
    private const double ForgettingMax = 1;

    public static IReadOnlyList<Target> Of(RunTable runs, IEnumerable<string> streams) =>
        [.. streams.SelectMany(stream => runs.Shares(stream).SelectMany(share => Of(runs, stream, share))).OrderBy(target => target.Against)];

    /// <summary>How much worse than i.i.d. is not worse, in percent: what the buffer does not hold may cost something.</summary>
    private static double Margin(int share) => share >= 100 ? 2 : 5;

    private static IEnumerable<Target> Of(RunTable runs, string stream, int share)
    {
        foreach (string objective in runs.Objectives(stream))
        {
            IReadOnlyList<(float[], float[])> iid = runs.PairedLosses(stream, share, objective, Methods.Default, Methods.Iid);
            if (iid.Count > 0) yield return Make(Against.Iid, $"{objective} loss", PairedBootstrap.RelativeDifference(iid), Margin(share), false, "%");
            IReadOnlyList<(float[], float[])> naive = runs.PairedLosses(stream, share, objective, Methods.Default, Methods.Naive);
            if (naive.Count > 0) yield return Make(Against.Naive, $"{objective} loss", PairedBootstrap.RelativeDifference(naive), 0, false, "%");
            double[] points = [.. runs.Of(stream, Methods.Default, share).Select(record => RunTable.ForgettingPoints(record, objective)).OfType<double>()];
            if (points.Length > 0)
                yield return new Target(Against.Itself, stream, share, objective, points.Average(), points.Min(), points.Max(), ForgettingMax, false, "points");
        }

        foreach (string task in runs.Tasks(stream))
        {
            IReadOnlyList<(float[], float[])> iid = runs.PairedAnswers(stream, share, task, Methods.Default, Methods.Iid);
            if (iid.Count > 0) yield return Make(Against.Iid, $"{task} probe", PairedBootstrap.RelativeDifference(iid), -Margin(share), true, "%");
            IReadOnlyList<(float[], float[])> naive = runs.PairedAnswers(stream, share, task, Methods.Default, Methods.Naive);
            if (naive.Count > 0) yield return Make(Against.Naive, $"{task} probe", PairedBootstrap.Difference(naive), 0, true, "points");
            IReadOnlyList<(float[], float[])> random = runs.PairedAnswers(stream, share, task, Methods.Default, Methods.Random);
            if (random.Count > 0) yield return Make(Against.Random, $"{task} probe", PairedBootstrap.Difference(random), 0, true, "points");
        }

        Target Make(Against against, string measure, Interval interval, double limit, bool mostIsGood, string unit) =>
            new(against, stream, share, measure, 100 * interval.Estimate, 100 * interval.Low, 100 * interval.High, limit, mostIsGood, unit);
    }
}
