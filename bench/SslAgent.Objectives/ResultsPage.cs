using System.Globalization;
using System.Text;
using SslAgent.Continual.Reports;
using SslAgent.Learning.Options;

namespace SslAgent.Objectives;

/// <summary>The table, as a page.</summary>
internal static class ResultsPage
{
    public static string Write(string folder, string data, Budget budget, IReadOnlyList<MethodRecord> records, DateTimeOffset now)
    {
        var page = new StringBuilder();
        (int train, int test) = records is [var first, ..] ? (first.Train, first.Test) : (0, 0);
        page.AppendLine("# Objectives on pictures, side by side").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"`make bench-objectives` wrote this on {now:yyyy-MM-dd}; {Environment.ProcessorCount} cores of {MachineFacts.Processor}, {MachineFacts.System}.").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture,
            $"{data}: {train:N0} pictures to train on without their labels, {test:N0} to ask about. Every method has the tower of preset nano on {MethodRun.Model.ImageSize} pixels in patches of {MethodRun.Model.PatchSize}, batches of {Budget.BatchSize}, AdamW at {new LearningOptions().LearningRate}, fp32, one seed; each is measured after {budget.Samples:N0} samples and after {budget.Seconds:N0} seconds of training, beside everything else the machine did then.").AppendLine();
        page.AppendLine("Linear: ridge regression on frozen mean features, right answers on the test pictures. 5-NN: the five nearest by cosine. Rank: RankMe of the test features. Labels are used for measuring only, but for the row `supervised`, which has them all. Rows of PyTorch are the same methods written independently (`bench/peer_objectives.py`).").AppendLine();
        Table(page, "After equal samples", records, "samples");
        Table(page, "After equal seconds", records, "seconds");
        page.AppendLine("Commits: " + string.Join(", ", records.Select(record => record.Commit).Distinct()));
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "RESULTS.md");
        File.WriteAllText(file, page.ToString());
        return file;
    }

    private static void Table(StringBuilder page, string title, IReadOnlyList<MethodRecord> records, string budget)
    {
        double floor = records.FirstOrDefault(record => record.Method == MethodRun.Untrained)?.At(budget)?.Linear ?? double.NaN;
        page.AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine();
        page.AppendLine("| Method | linear | over untrained | 5-NN | rank | samples | seconds | samples/s | memory | own held-out loss (trivial) |").AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (MethodRecord record in records)
        {
            if (record.At(budget) is not { } mark) continue;
            bool isTrained = mark.Samples > 0;
            string over = isTrained && !double.IsNaN(floor) ? string.Create(CultureInfo.InvariantCulture, $"{100 * (mark.Linear - floor):+0.0;-0.0;0.0}") : "";
            string rank = mark.EffectiveRank is { } effective ? effective.ToString("0.0", CultureInfo.InvariantCulture) : "";
            string trained = isTrained ? string.Create(CultureInfo.InvariantCulture, $"{mark.Samples:N0} | {mark.Seconds:0} | {mark.Samples / mark.Seconds:0}") : " | | ";
            string own = mark.HeldOut is { } loss ? string.Create(CultureInfo.InvariantCulture, $"{loss:0.000} ({mark.Trivial:0.000})") : "";
            page.AppendLine(CultureInfo.InvariantCulture, $"| {record.Method} | {mark.Linear:P1} | {over} | {mark.Neighbours:P1} | {rank} | {trained} | {record.PeakBytes / 1048576.0:0} MiB | {own} |");
        }

        page.AppendLine();
    }
}
