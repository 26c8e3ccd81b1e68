using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SslAgent.Checkpoints;
using SslAgent.Commands.Printing;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary><c>sslagent checkpoints show VERSION</c>: all that a version says of itself.</summary>
internal static class ShowVersion
{
    public static Command Build()
    {
        Command command = new("show", "Shows one version: verdict and reasons, probes, training, files");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Argument<VersionChoice> which = VersionChoice.Argument();
        command.Arguments.Add(which);
        command.Options.Add(format);
        command.SetAction(parsed =>
        {
            VersionStore store = StoreOpening.OpenToRead(settings, parsed);
            VersionManifest manifest = store.Read(parsed.GetValue(which).In(store));
            VersionSummary summary = VersionSummary.Of(store, manifest, store.PinnedVersions());
            ShownVersion shown = new(summary.Head, summary.Serving, summary.Pinned, manifest);
            Answer.Print(parsed, format, shown, VersionsJson.Default.ShownVersion, output => Tell(output, summary, manifest));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Tell(TextWriter output, VersionSummary summary, VersionManifest manifest)
    {
        string marks = summary.Marks.Length > 0 ? $" ({summary.Marks})" : "";
        output.WriteLine($"{manifest.Version}: {DomainWords.Of(manifest.Verdict.Kind)}{marks}");
        output.WriteLine($"  from       {summary.Origin}, parent {manifest.Parent?.ToString() ?? "none"}, {Tables.Time(manifest.CreatedAt)} UTC");
        if (manifest.Reason is not null) output.WriteLine($"  reason     {manifest.Reason}");
        if (summary.Pinned is not null) output.WriteLine($"  pinned     {summary.Pinned}");
        output.WriteLine($"  steps      {Tables.Count(manifest.StepsDone)}, journal position {Tables.Count(manifest.JournalPosition)}");
        output.WriteLine($"  served     {manifest.Served} weights, digest {manifest.WeightsDigest}");
        output.WriteLine($"  numerics   {manifest.Fingerprint}");
        output.WriteLine($"  lineage    {manifest.Lineage}");
        foreach (VerdictReason reason in manifest.Verdict.Reasons) output.WriteLine($"  verdict    {DomainWords.Of(reason.Kind)} by {reason}");
        TellProbes(output, manifest.Probe);
        TellTraining(output, manifest.Report);
        Table files = Tables.Of("file", ">size", "sha256");
        foreach (VersionFile file in manifest.Files) files.Add(file.Name, Tables.Bytes(file.Bytes), file.Sha256);
        Tables.Write(output, files);
    }

    private static void TellProbes(TextWriter output, ProbeReport probe)
    {
        if (probe.Eras.Count > 0)
        {
            Table eras = Tables.Of(">era", "objective", ">held-out loss", ">noise", ">trivial loss", ">sentinels");
            foreach (EraProbe era in probe.Eras)
            {
                eras.Add(Tables.Count(era.Era), era.Objective, Tables.Measure(era.Loss), Tables.Measure(era.Noise), Tables.Measure(era.TrivialLoss), Tables.Count(era.Count));
            }

            Tables.Write(output, eras);
        }

        foreach (FeatureHealth tower in probe.Spaces)
        {
            string rank = Uncertain(tower.EffectiveRank, tower.Noise?.EffectiveRank, "0.0"), std = Uncertain(tower.StdRatio, tower.Noise?.StdRatio, "0.000");
            output.WriteLine($"  {tower.Tower,-12} effective rank {rank} of {tower.Width}, std {std} of 1/sqrt(d), over {tower.Count} sentinels");
        }

        if (probe.Retrieval is { } retrieval)
        {
            output.WriteLine($"  retrieval  recall@10 {retrieval.RecallAt10:P1}, recall@1 {retrieval.RecallAt1:P1}, chance {retrieval.Chance:P1}, over {retrieval.Pool} pairs");
        }
    }

    /// <param name="noise">Standard deviation of the value's logarithm.</param>
    private static string Uncertain(double value, double? noise, string format) =>
        noise is { } known ? $"{value.ToString(format, CultureInfo.InvariantCulture)} ± {(value * known).ToString(format, CultureInfo.InvariantCulture)}" : value.ToString(format, CultureInfo.InvariantCulture);

    private static void TellTraining(TextWriter output, CycleReport? report)
    {
        if (report is null) return;
        Table table = Tables.Of("objective", ">steps", ">samples", ">loss first", ">loss last", ">gradient max", ">skipped", ">seconds");
        foreach (ObjectiveSummary objective in report.Objectives.Values.OrderBy(objective => objective.Objective, StringComparer.Ordinal))
        {
            table.Add(
                objective.Objective, Tables.Count(objective.Steps), Tables.Count(objective.Samples), Tables.Measure(objective.LossFirst),
                Tables.Measure(objective.LossLast), Tables.Measure(objective.GradientNormMax), Tables.Count(objective.SkippedSteps), $"{objective.Seconds:0.0}");
        }

        Tables.Write(output, table);
        foreach (ObjectiveSummary objective in report.Objectives.Values.Where(objective => objective.Views is not null).OrderBy(objective => objective.Objective, StringComparer.Ordinal))
        {
            ViewCounts views = objective.Views ?? ViewCounts.None;
            output.WriteLine($"  views of {objective.Objective}: {Tables.Count(views.Views)} checked, {Tables.Count(views.Rejected)} draws rejected, {Tables.Count(views.Weak)} given up for the whole picture");
        }
    }
}
