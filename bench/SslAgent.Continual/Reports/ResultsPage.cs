using System.Globalization;
using System.Text;
using SslAgent.Continual.Measures;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Learning.Options;

namespace SslAgent.Continual.Reports;

/// <summary>Writes <c>RESULTS.md</c> and its pictures: only of runs that were done.</summary>
internal sealed class ResultsPage(
    Profile profile, Arguments arguments, IReadOnlyList<RunRecord> records, IReadOnlyList<RunKey> waiting, IReadOnlyDictionary<string, string> skipped, TimeProvider time)
{
    private readonly RunTable _runs = new(records);

    /// <param name="folder">Where <c>remarks.md</c> may lie: what a person has to say of the targets; it stands behind them.</param>
    /// <returns>The file's path.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var pictures = new Pictures(_runs, folder);
        StreamSpec[] streams = [.. StreamCatalog.All.Where(stream => profile.Streams.Contains(stream.Name) && records.Any(record => record.Stream == stream.Name))];
        IReadOnlyList<Target> targets = Targets.Of(_runs, Methods.Default, streams.Select(stream => stream.Name));
        var page = new StringBuilder();
        Head(page);
        WriteTargets(page, targets, pictures);
        WriteConsolidated(page, Targets.Of(_runs, Methods.Consolidated, streams.Select(stream => stream.Name)));
        string remarks = Path.Combine(folder, "remarks.md");
        if (File.Exists(remarks)) page.AppendLine(File.ReadAllText(remarks));
        WriteMethods(page);
        page.AppendLine("## Streams").AppendLine();
        page.AppendLine(Legend).AppendLine();
        foreach (StreamSpec stream in streams)
        {
            page.AppendLine(new StreamSection(_runs, stream, [.. Methods.All.Select(method => method.Name).Where(profile.Methods.Contains)]).Write());
            foreach (string objective in _runs.Objectives(stream.Name))
            {
                Show(page, pictures.Eras(stream, objective), $"held-out {objective} loss of each era of {stream.Name}");
                Show(page, pictures.Matrices(stream, objective), $"forgetting matrices of {stream.Name}, {objective}");
            }
        }

        page.Append(new FaultSection(_runs, streams, pictures).Write());
        page.Append(new DoseSection(_runs, streams).Write());
        WriteLong(page, pictures);
        string path = Path.Combine(folder, "RESULTS.md");
        File.WriteAllText(path, page.ToString().TrimEnd() + "\n");
        return path;
    }

    private const string Legend =
        """
        Loss is the mean over single sentinels of the last version (lower is better; contrastive losses are means by era). Forgetting is the mean over eras, the last one left out, of how far the
        last loss lies above the lowest since the era began, in percent of it. Linear probe (ridge regression in closed form) and 5-NN (cosine) are percent right on frozen mean-pooled features; their test items are never in the
        stream. Masked autoencoding is judged by loss and linear probe: its neighbours mislead. Retrieval is percent found within the first 1 and 10 of the test pairs. AUROC: distance of BGL's lines to normal ones.
        Held and rejected: percent of the versions of which the guard, looking on at its defaults, would have said so; what it would not have promoted is no reference to it, but the weights go on all the same.
        ± is the standard deviation over seeds, each of which draws its own weights, sentinels and batches.
        """;

    private const string HowItWasDone =
        "One pass over each stream, in order, through the agent's own ledger (admission, sentinels, eras, buffer), learner and probes; no Kafka, and (but for faults-guarded) a guard that only looks on, so that "
        + "every method does the same steps on the same model (nano) with the same batch size. All methods are probed on the same sentinels with the same masks; i.i.d. "
        + "too, by the eras of the ordered stream.";

    private static readonly string HowTheDefaultDiffers = string.Create(
        CultureInfo.InvariantCulture,
        $"The defaults are those of replay, objectives and learning rate. What the daemon takes from the stream's pace is fixed here, so that all methods do the same work: cycles begin by count and share a given number of steps, instead of as many as `cycle.updatesPerSample` asks for; batches have {BenchSetting.BatchSize} rows instead of {new LearningOptions().BatchSize}, the learning rate is warmed up over {BenchSetting.WarmupSteps} steps instead of {new LearningOptions().WarmupSteps}, and the network is the preset nano's.");

    private const string HowTargetsAreJudged =
        "Differences of the agent's default with 95 % intervals (paired bootstrap over seeds and items: sentinels, test items, for forgetting the eras). Met means that the whole "
        + "interval is on the right side of the limit. Losses and, against i.i.d., probes are relative, the other probes in points of accuracy. Forgetting is the last less "
        + "the lowest of noisy numbers, so it is above 0 where nothing was lost, for i.i.d. too: what is more than i.i.d. has stands beside it.";

    private const string WhatAConsolidationIs =
        "The same targets, where a quarter of the same steps is kept for one cycle behind the stream's end that draws evenly from what is remembered, as `consolidation.cron` has it in a quiet hour.";

    private const string HowDecayIsJudged =
        "Does what is old decay late? Mean held-out loss of the oldest third of the eras since all of them were seen: how far its last fifth lies above its lowest "
        + "fifth-long stretch, in percent.";

    private void Head(StringBuilder page)
    {
        page.AppendLine(CultureInfo.InvariantCulture, $"# Continual learning: profile {profile.Name}").AppendLine();
        if (profile.Name == "quick") page.AppendLine("**Profile quick: a few seconds of training a run. It shows that everything works; no method should be judged by these numbers.**").AppendLine();
        string commits = string.Join(" and ", records.Select(record => record.Commit).Where(commit => commit.Length > 0).Distinct());
        page.Append(CultureInfo.InvariantCulture, $"Made by `make bench-continual PROFILE={profile.Name}{Options()}` on {time.GetUtcNow():yyyy-MM-dd}, commit {commits}: ");
        page.Append(CultureInfo.InvariantCulture, $"{string.Join(" and ", records.Select(record => record.Machine).Where(machine => machine.Length > 0).Distinct())}; ");
        page.AppendLine(CultureInfo.InvariantCulture, $"{profile.Jobs} runs at a time with {arguments.Threads} thread each, {arguments.Dtype} on {arguments.Device}.").AppendLine();
        page.AppendLine(HowItWasDone).AppendLine();
        string[] missing = [.. waiting.CountBy(key => key.Stream).Select(stream => $"{stream.Value} of {stream.Key}")];
        if (missing.Length > 0) page.AppendLine(CultureInfo.InvariantCulture, $"**Runs of this profile that are not done yet: {string.Join(", ", missing)}.**").AppendLine();
        foreach ((string stream, string why) in skipped) page.AppendLine(CultureInfo.InvariantCulture, $"Skipped: {stream} ({why}).").AppendLine();
    }

    /// <summary>What the command line changed of the profile.</summary>
    private string Options()
    {
        (string Name, string Value)[] given =
        [
            ("--only", string.Join(',', arguments.Only)), ("--seeds", $"{arguments.Seeds}"),
            ("--seconds", string.Create(CultureInfo.InvariantCulture, $"{arguments.Seconds}")), ("--items", $"{arguments.Items}"),
        ];
        string words = string.Join(' ', given.Where(one => one.Value.Length > 0).Select(one => $"{one.Name} {one.Value}"));
        return words.Length == 0 ? "" : $" ARGS=\"{words}\"";
    }

    private static void WriteTargets(StringBuilder page, IReadOnlyList<Target> targets, Pictures pictures)
    {
        page.AppendLine("## Targets").AppendLine();
        page.AppendLine(HowTargetsAreJudged).AppendLine();
        WriteRows(page, "Default", targets);
        Show(page, pictures.Bars(Against.Iid, "default against i.i.d.: losses should stay left of the limit, probes right of it", targets), "default against i.i.d.");
        Show(page, pictures.Bars(Against.Naive, "default against naive: losses should be left of zero, probes right of it", targets), "default against naive");
        Show(page, pictures.Bars(Against.Random, "default above the random tower, linear probe", targets), "default above the random tower");
        Show(page, pictures.Bars(Against.Itself, "average forgetting of the default", targets), "average forgetting");
    }

    /// <summary>The same targets for the same steps with a quiet hour at the end.</summary>
    private static void WriteConsolidated(StringBuilder page, IReadOnlyList<Target> targets)
    {
        if (targets.Count == 0) return;
        page.AppendLine("### With a consolidation").AppendLine();
        page.AppendLine(WhatAConsolidationIs).AppendLine();
        WriteRows(page, "Consolidated", targets);
    }

    private static void WriteRows(StringBuilder page, string method, IReadOnlyList<Target> targets)
    {
        page.AppendLine(CultureInfo.InvariantCulture, $"| Target | Stream | Buffer | Measure | {method} | Interval | Limit | |").AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (Target target in targets) page.AppendLine(target.Row);
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{targets.Count(target => target.IsMet)} of {targets.Count} met.").AppendLine();
    }

    private void WriteMethods(StringBuilder page)
    {
        page.AppendLine("## Methods").AppendLine();
        foreach (Method method in Methods.All.Where(method => profile.Methods.Contains(method.Name))) page.AppendLine(CultureInfo.InvariantCulture, $"* **{method.Name}**: {method.Says}");
        page.AppendLine().AppendLine(HowTheDefaultDiffers).AppendLine();
    }

    private void WriteLong(StringBuilder page, Pictures pictures)
    {
        StreamSpec[] streams = [.. StreamCatalog.All.Where(stream => profile.Long.Contains(stream.Name) && records.Any(record => record.Stream == stream.Name))];
        if (streams.Length == 0) return;
        page.AppendLine("## Long runs").AppendLine();
        page.AppendLine(HowDecayIsJudged).AppendLine();
        page.AppendLine("| Stream | Method | Buffer | Eras | Versions | Steps | Loss at first | at last | Late decay |").AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (RunRecord record in records.Where(record => streams.Any(stream => stream.Name == record.Stream)))
        {
            foreach (string objective in _runs.Objectives(record.Stream)) page.AppendLine(LongRow(record, RunTable.Courses(record, objective)));
        }

        page.AppendLine();
        foreach (StreamSpec stream in streams)
        {
            foreach (string objective in _runs.Objectives(stream.Name))
            {
                Show(page, pictures.OldEras(stream, objective, profile.LongMethods), $"old eras of {stream.Name}");
                Show(page, pictures.Eras(stream, objective), $"held-out {objective} loss of each era of {stream.Name}");
            }
        }
    }

    private static string LongRow(RunRecord record, IReadOnlyList<EraCourse> courses)
    {
        double[] old = Forgetting.OldEras(courses);
        string name = record.SameAs is { } twin ? $"{record.Method} (the very run of {twin})" : record.Method, buffer = record.Share == 0 ? "" : $"{record.Share}%";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {record.Stream} | {name} | {buffer} | {courses.Count} | {record.Cycles} | {record.Steps} | {old[0]:F4} | {old[^1]:F4} | {Forgetting.LateDecayPoints(courses):F2} |");
    }

    private static void Show(StringBuilder page, string? picture, string says)
    {
        if (picture is not null) page.AppendLine(CultureInfo.InvariantCulture, $"![{says}]({picture})").AppendLine();
    }
}
