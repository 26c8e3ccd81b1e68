using System.Globalization;
using System.Text;
using SslAgent.Continual.Measures;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Domain;

namespace SslAgent.Continual.Reports;

/// <summary>One stream's table: a row a method and buffer, a column a measure; means over seeds, with their standard deviation where there are several.</summary>
internal sealed class StreamSection(RunTable runs, StreamSpec stream, IReadOnlyList<string> methods)
{
    private sealed record Column(string Name, Func<RunRecord, double?> Value, string Format);

    public string Write()
    {
        Column[] columns = [.. Columns()];
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"### {stream.Name}: {stream.Says}").AppendLine();
        page.AppendLine(Facts()).AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"| Method | Buffer | Seeds | {string.Join(" | ", columns.Select(column => column.Name))} |");
        page.AppendLine(CultureInfo.InvariantCulture, $"|---|---|---|{string.Concat(columns.Select(_ => "---|"))}");
        foreach (string method in methods)
        {
            foreach (int share in SharesOf(method))
            {
                IReadOnlyList<RunRecord> own = runs.Of(stream.Name, method, share);
                string name = runs.First(stream.Name, method, share)?.SameAs is { } twin ? $"{method} (the very run of {twin})" : method;
                page.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {(share == 0 ? "" : $"{share}%")} | {own.Count} | {string.Join(" | ", columns.Select(column => Cell(own, column)))} |");
            }
        }

        return page.ToString();
    }

    /// <summary>Those that it was run with; where there are none yet, what it has a row for.</summary>
    private int[] SharesOf(string method)
    {
        if (!Methods.Find(method).HasBuffer) return [0];
        int[] own = [.. runs.Shares(stream.Name).Where(share => runs.Of(stream.Name, method, share).Count > 0)];
        return own.Length > 0 ? own : [runs.ShownShare(stream.Name)];
    }

    private string Facts()
    {
        RunRecord[] some = [.. methods.SelectMany(method => runs.Of(stream.Name, method, runs.ShownShare(stream.Name))).Where(record => record.Cycles > 0)];
        if (some.Length == 0) return "Nothing was trained on it.";
        RunRecord one = some[0];
        int eras = one.Courses.Select(course => course.Era).Distinct().Count();
        string trivial = string.Join(", ", one.Courses.GroupBy(course => course.Objective).Select(group =>
            string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Sum(course => course.Trivial * course.Count) / group.Sum(course => course.Count):F3}")));
        string seconds = string.Create(CultureInfo.InvariantCulture, $"{some.Min(record => record.TrainSeconds):F0} to {some.Max(record => record.TrainSeconds):F0} s of training a run");
        return $"{one.Streamed} training samples and {one.HeldOut} sentinels in {eras} eras (seed {one.Seed}); {one.Cycles} cycles, {one.Steps} steps of {one.BatchSize} samples, {seconds}. "
            + $"Knowing nothing costs: {trivial}.";
    }

    private IEnumerable<Column> Columns()
    {
        foreach (string objective in runs.Objectives(stream.Name))
        {
            yield return new Column($"{objective} loss", record => RunTable.Loss(record, objective), "F4");
            yield return new Column($"{objective} forgetting", record => RunTable.ForgettingPoints(record, objective), "F2");
        }

        foreach (string task in runs.Tasks(stream.Name))
        {
            yield return new Column($"{task} linear", record => 100 * RunTable.Share(record, task, answers => answers.Linear), "F1");
            yield return new Column($"{task} 5-NN", record => 100 * RunTable.Share(record, task, answers => answers.Neighbours), "F1");
        }

        if (runs.Of(stream.Name, Methods.Iid, 0).Any(record => record.Retrieval is not null))
        {
            yield return new Column("text→image @1", record => Recalled(record.Retrieval?.TextToFrame, 1), "F1");
            yield return new Column("@10", record => Recalled(record.Retrieval?.TextToFrame, 10), "F1");
            yield return new Column("image→text @1", record => Recalled(record.Retrieval?.FrameToText, 1), "F1");
            yield return new Column("@10", record => Recalled(record.Retrieval?.FrameToText, 10), "F1");
        }

        if (runs.Of(stream.Name, Methods.Iid, 0).Any(record => record.Auroc is not null)) yield return new Column("BGL AUROC", record => record.Auroc, "F3");
        yield return new Column("held %", record => Judged(record, VerdictKind.Hold), "F0");
        yield return new Column("rejected %", record => Judged(record, VerdictKind.Reject), "F0");
    }

    private static double? Judged(RunRecord record, VerdictKind kind) => record.Verdicts.Count == 0 ? null : 100.0 * record.Verdicts.Count(verdict => verdict == kind) / record.Verdicts.Count;

    private static double? Recalled(IReadOnlyList<int>? ranks, int within) => ranks is null ? null : 100 * Recall.At(ranks, within);

    private static string Cell(IReadOnlyList<RunRecord> own, Column column)
    {
        if (own.Count == 0) return "not run";
        double[] values = [.. own.Select(column.Value).OfType<double>()];
        if (values.Length == 0) return "–";
        double mean = values.Average();
        string text = mean.ToString(column.Format, CultureInfo.InvariantCulture);
        if (values.Length == 1) return text;
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        return $"{text} ± {deviation.ToString(column.Format, CultureInfo.InvariantCulture)}";
    }
}
