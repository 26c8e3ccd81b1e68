using System.Globalization;
using System.Text;
using SslAgent.Continual.Measures;
using SslAgent.Continual.Reports;

namespace SslAgent.Objectives;

/// <summary>All tables, as a page.</summary>
/// <param name="records">Of all that is done.</param>
/// <param name="pictures">The set of pictures.</param>
internal sealed class ResultsPage(IReadOnlyList<MethodRecord> records, string pictures, Budget budget, Beginning beginning, DateTimeOffset now)
{
    private readonly StringBuilder _page = new();

    /// <param name="folder">Where <c>remarks.tsv</c> may lie: a method's id, a tab, and what a person has to say of its row.</param>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string remarks = Path.Combine(folder, "remarks.tsv");
        Dictionary<string, string> said = File.Exists(remarks) ? File.ReadLines(remarks).Where(line => line.Contains('\t')).Select(line => line.Split('\t', 2)).ToDictionary(cells => cells[0], cells => cells[1]) : [];
        Head();
        foreach (Ground ground in Ground.All)
        {
            string[] ids = [.. Method.Rows.Where(method => method.Ground == ground).Select(method => method.Id)];
            MethodRecord[] rows = [.. records.Where(record => ids.Contains(record.Method))];
            if (rows.Length == 0) continue;
            string set = ground == Ground.Pictures ? $" ({pictures})" : "";
            _page.AppendLine(CultureInfo.InvariantCulture, $"## {Capital(ground.Name)}").AppendLine();
            _page.AppendLine(CultureInfo.InvariantCulture, $"{Capital(ground.Says)}{set}. {rows.Max(row => row.Train):N0} samples to learn from, {rows[0].Test:N0} to ask about.").AppendLine();
            Table("After equal samples", rows, "samples");
            Table("After equal seconds", rows, "seconds");
            if (ground == Ground.Pictures) BesidePeers();
            Recalls(rows);
            foreach (MethodRecord row in rows.Where(row => said.ContainsKey(row.Method))) _page.AppendLine(CultureInfo.InvariantCulture, $"* `{NameOf(row)}`: {said[row.Method]}");
            _page.AppendLine();
        }

        if (records.Count < Method.All.Count) _page.AppendLine("Not done: " + string.Join(", ", Method.All.Select(method => method.Id).Except(records.Select(record => record.Method)))).AppendLine();
        _page.AppendLine("Commits: " + string.Join(", ", records.Select(record => record.Commit).Distinct()));
        string file = Path.Combine(folder, "RESULTS.md");
        File.WriteAllText(file, _page.ToString());
        return file;
    }

    private void Head()
    {
        _page.AppendLine("# Objectives side by side").AppendLine();
        _page.AppendLine(CultureInfo.InvariantCulture, $"`make bench-objectives` wrote this on {now:yyyy-MM-dd}; {Environment.ProcessorCount} cores of {MachineFacts.Processor}, {MachineFacts.System}.").AppendLine();
        _page.AppendLine(CultureInfo.InvariantCulture,
            $"Each method begins from first weights, alone, on towers of preset nano ({Ground.CifarSide} pixels in patches of 4 for the pictures, 64 in patches of 8 elsewhere), batches of {Budget.BatchSize}, AdamW at {beginning.Rate}, fp32, the weights themselves and not their running mean, seed {beginning.Seed}; each is measured after {budget.Samples:N0} samples and after {budget.Seconds:0.#} seconds of training. A sample is a picture, a line, a pair or a frame of a window.").AppendLine();
        _page.AppendLine("Linear: ridge regression on frozen mean features, right answers about what no method saw. Over untrained: the difference from the same network before training, with the interval that holds 95 % of resamples of the questions; one seed says nothing of other seeds, so what has a row of PyTorch is run with three. 5-NN: the five nearest by cosine. Rank: RankMe of the test features. Labels are used for measuring only, but for the row `supervised`, which has them all. Rows of PyTorch are the same methods written independently (`bench/peer_objectives.py`).").AppendLine();
    }

    private void Table(string title, MethodRecord[] rows, string mark)
    {
        Mark? floor = rows.FirstOrDefault(row => NameOf(row) == Method.Untrained)?.At(mark);
        _page.AppendLine(CultureInfo.InvariantCulture, $"### {title}").AppendLine();
        _page.AppendLine("| Method | linear | over untrained | 5-NN | rank | samples | seconds | samples/s | memory | own held-out loss (trivial) |").AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (MethodRecord row in rows)
        {
            if (row.At(mark) is not { } at) continue;
            bool isTrained = at.Samples > 0;
            string over = isTrained && floor is not null ? Over((at, floor)) : "";
            string rank = at.EffectiveRank is { } effective ? effective.ToString("0.0", CultureInfo.InvariantCulture) : "";
            string trained = isTrained ? string.Create(CultureInfo.InvariantCulture, $"{at.Samples:N0} | {at.Seconds:0} | {at.Samples / at.Seconds:0}") : " | | ";
            string own = at.HeldOut is { } loss ? string.Create(CultureInfo.InvariantCulture, $"{loss:0.000} ({at.Trivial:0.000})") : "";
            string memory = row.PeakBytes is { } peak ? string.Create(CultureInfo.InvariantCulture, $"{peak / 1048576.0:0} MiB") : "";
            _page.AppendLine(CultureInfo.InvariantCulture, $"| {NameOf(row)} | {Mark.Share(at.Linear):P1} | {over} | {Mark.Share(at.Neighbours):P1} | {rank} | {trained} | {memory} | {own} |");
        }

        _page.AppendLine();
    }

    private void BesidePeers()
    {
        Dictionary<string, Mark> marks = (from record in records let mark = record.At("samples") where mark is not null select (record.Method, mark)).ToDictionary();
        var rows = new List<string>();
        foreach (string peer in Peer.Names)
        {
            (Mark Own, Mark Peer)[] seeds =
            [
                .. from method in Method.All
                   where method.Name == peer
                   let own = marks.GetValueOrDefault((method with { Name = peer[..^Peer.Suffix.Length] }).Id)
                   let other = marks.GetValueOrDefault(method.Id)
                   where own is not null && other is not null
                   select (own, other),
            ];
            if (seeds.Length == 0) continue;
            Mark[] mine = [.. seeds.Select(seed => seed.Own)], theirs = [.. seeds.Select(seed => seed.Peer)];
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"| {peer[..^Peer.Suffix.Length]} | {seeds.Length} | {Linear(mine)} | {Linear(theirs)} | {Over(seeds)} | {Pace(mine):0} | {Pace(theirs):0} |"));
        }

        if (rows.Count == 0) return;
        _page.AppendLine("### Beside the same method in PyTorch, after equal samples").AppendLine();
        _page.AppendLine("| Method | seeds | linear | in PyTorch | difference | samples/s | in PyTorch |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (string row in rows) _page.AppendLine(row);
        _page.AppendLine();
    }

    private static string Linear(Mark[] seeds) => string.Join(", ", seeds.Select(seed => Mark.Share(seed.Linear).ToString("P1", CultureInfo.InvariantCulture)));

    private static double Pace(Mark[] seeds) => seeds.Average(seed => seed.Samples / seed.Seconds);

    private void Recalls(MethodRecord[] rows)
    {
        (string Name, RecallMarks Marks)[] known = [.. from row in rows let marks = row.At("seconds")?.Retrieval where marks is not null select (NameOf(row), marks)];
        if (known.Length == 0) return;
        _page.AppendLine(CultureInfo.InvariantCulture, $"### Frames and texts that find each other, after equal seconds (chance {1.0 / rows[0].Test:P1} and {10.0 / rows[0].Test:P1})").AppendLine();
        _page.AppendLine("| Method | text to frame @1 | @10 | frame to text @1 | @10 |").AppendLine("|---|---|---|---|---|");
        foreach ((string name, RecallMarks marks) in known)
            _page.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {marks.TextToFrame1:P1} | {marks.TextToFrame10:P1} | {marks.FrameToText1:P1} | {marks.FrameToText10:P1} |");
        _page.AppendLine();
    }

    /// <summary>Points by which the first answers better than the second, and what holds 95 % of resamples.</summary>
    private static string Over(params (Mark At, Mark Floor)[] seeds)
    {
        static float[] Values(string answers) => [.. answers.Select(answer => answer == '1' ? 100f : 0)];
        Interval over = PairedBootstrap.Difference([.. seeds.Select(seed => (Values(seed.At.Linear), Values(seed.Floor.Linear)))], Items.Shared);
        return string.Create(CultureInfo.InvariantCulture, $"{over.Estimate:+0.0;-0.0;0.0} ({over.Low:+0.0;-0.0;0.0} … {over.High:+0.0;-0.0;0.0})");
    }

    private static string NameOf(MethodRecord row) => row.Method[(row.Method.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
