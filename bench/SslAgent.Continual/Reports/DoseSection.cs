using System.Globalization;
using System.Text;
using SslAgent.Continual.Measures;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Domain;

namespace SslAgent.Continual.Reports;

/// <summary>How large a fault must be for the guard to see it, and what the ones cost that it does not see. Empty where no smaller doses were run.</summary>
internal sealed class DoseSection(RunTable runs, IReadOnlyList<StreamSpec> streams)
{
    private const string Says =
        """
        The same fault in smaller doses, the guard looking on; all seeds together. Harm: the held-out loss of a faulty version over that of the version before, in percent, mean over the eras that had begun by the
        number of sentinels, and the largest of the stream's objectives. What was promoted was judged harmless: the last column is the worst of that.
        """;

    private sealed record FaultyVersion(VerdictKind Verdict, double Harm);

    public string Write()
    {
        if (!Methods.WithFaults.Any(method => method.Name != Methods.Faults && streams.Any(stream => Of(stream, method).Count > 0))) return "";
        var page = new StringBuilder();
        page.AppendLine("### In smaller doses").AppendLine().AppendLine(Says).AppendLine();
        page.AppendLine("| Stream | Learning rate | Faulty versions | rejected | held | Harm of those stopped | of those promoted | Worst that was promoted |").AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (StreamSpec stream in streams)
        {
            foreach (Method method in Methods.WithFaults)
            {
                FaultyVersion[] faulty = [.. Of(stream, method).SelectMany(record => Faulty(record, Check.NotNull(method.Faults, "it has faults")))];
                if (faulty.Length > 0) page.AppendLine(Row(stream.Name, method.Faults?.LearningRateScale ?? 1, faulty));
            }
        }

        return page.AppendLine().ToString();
    }

    private IReadOnlyList<RunRecord> Of(StreamSpec stream, Method method) => runs.Of(stream.Name, method.Name, runs.ShownShare(stream.Name));

    private static string Row(string stream, double scale, FaultyVersion[] faulty)
    {
        FaultyVersion[] promoted = [.. faulty.Where(version => version.Verdict == VerdictKind.Promote)], stopped = [.. faulty.Where(version => version.Verdict != VerdictKind.Promote)];
        string worst = promoted.Length == 0 ? "–" : Words(promoted.Max(version => version.Harm));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {stream} | × {scale:0.##} | {faulty.Length} | {faulty.Count(version => version.Verdict == VerdictKind.Reject)} | {faulty.Count(version => version.Verdict == VerdictKind.Hold)} | {Mean(stopped)} | {Mean(promoted)} | {worst} |");
    }

    private static string Mean(FaultyVersion[] versions) => versions.Length == 0 ? "–" : Words(versions.Average(version => version.Harm));

    private static string Words(double harm) => string.Create(CultureInfo.InvariantCulture, $"{harm:+0.0;-0.0;0.0} %");

    private static IEnumerable<FaultyVersion> Faulty(RunRecord record, Faults faults) =>
        from version in Enumerable.Range(1, record.Verdicts.Count)
        where faults.Hits(version) && version > 1
        select new FaultyVersion(record.Verdicts[version - 1], record.Courses.GroupBy(course => course.Objective).Max(objective => Harm(objective, version - 1)));

    /// <param name="place">The version's place among the losses, from 0; not the first.</param>
    private static double Harm(IEnumerable<EraCourse> objective, int place)
    {
        EraCourse[] begun = [.. objective.Where(course => course.SeenFrom < place)];
        return begun.Length == 0 ? 0 : 100 * (Forgetting.MeanLoss(begun, place) / Forgetting.MeanLoss(begun, place - 1) - 1);
    }
}
