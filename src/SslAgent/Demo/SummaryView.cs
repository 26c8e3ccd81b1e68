using System.Globalization;
using Spectre.Console;
using SslAgent.Commands.Versions;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Picturing;

namespace SslAgent.Demo;

/// <summary>The demo's last words, for somebody who has never seen the program: what was learned, what was forgotten, what was made, what to type next.</summary>
internal sealed class SummaryView(IAnsiConsole console)
{
    public void Show(DemoFolder folder, DemoResult result, IReadOnlyList<VersionManifest> versions, RollbackEffect? rollback)
    {
        console.WriteLine();
        console.Write(new Rule("[bold]What it learned[/]").LeftJustified());
        console.MarkupLine($"Asked about data that it never saw (374 emoji with their words, every {DemoTimeline.LineHeldOutOneIn}th log line); version {result.Examined} against the same network untrained.");
        console.Write(Objectives(result));
        Retrieval(result);
        console.Write(new Rule("[bold]What it forgot[/]").LeftJustified());
        console.MarkupLine("The world changed all the time: one group of emoji after the other, one program after the other. Each keeps a few samples that are never trained on; losses are those since it had all of them.");
        console.Write(Eras(result));
        foreach (string objective in result.Matrix.Objectives) console.Write(Matrix(result.Matrix, objective));
        console.MarkupLine($"Dark is known well, red was known better before, a dot is an era that still grew. As a picture: {Markup.Escape(Relative(folder.Matrix))}");
        console.Write(new Rule("[bold]What it made[/]").LeftJustified());
        console.Write(Versions(versions));
        if (rollback is not null) console.MarkupLine($"[bold]And back:[/] {Markup.Escape(rollback.Summary)}.");
        if (result.Rows.Count > 0) console.MarkupLine($"Pictures, what it saw of them (a quarter), and what it imagined: {Markup.Escape(Relative(folder.ContactSheet))}");
        Verdict(result);
        Next(folder);
    }

    private static Table Objectives(DemoResult result)
    {
        Table table = new Table().AddColumns("how it learns", "untrained", "now", "knowing nothing", "better than that by");
        foreach (ObjectiveResult objective in result.Objectives)
        {
            string colour = objective.Gain > 0 ? "green" : "yellow";
            table.AddRow(
                Explain(objective.Name), Loss(objective.Before), $"[bold]{Loss(objective.After)}[/]", Loss(objective.Trivial),
                string.Create(CultureInfo.InvariantCulture, $"[{colour}]{objective.Gain:P0}[/]"));
        }

        return table;
    }

    private void Retrieval(DemoResult result)
    {
        if (result.Retrieval is not { } found) return;
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Given the words, is the right picture among its ten best of {found.Pool}? [bold]{found.RecallAt10:P1}[/] (untrained {result.RetrievalBefore?.RecallAt10 ?? 0:P1}, guessing {found.Chance:P1}); the very first: {found.RecallAt1:P1}"));
    }

    private static Table Eras(DemoResult result)
    {
        string[] objectives = [.. result.Eras.Select(era => era.Objective).Distinct().Order(StringComparer.Ordinal)];
        Table table = new Table().AddColumn("era");
        foreach (string objective in objectives) table.AddColumn($"{objective} loss: first → best → last").AddColumn("forgotten");
        foreach (IGrouping<string, EraResult> era in result.Eras.GroupBy(era => era.Era))
        {
            List<string> cells = [Markup.Escape(era.Key)];
            foreach (string objective in objectives) cells.AddRange(Course(era.FirstOrDefault(part => part.Objective == objective)));
            table.AddRow([.. cells]);
        }

        if (result.Eras.Count > 0) table.AddRow(["[bold]mean[/]", .. objectives.SelectMany(objective => Mean(result, objective))]);
        return table;
    }

    /// <summary>The forgetting matrix as colours: a row an era, a column a version.</summary>
    private static Table Matrix(ForgettingMatrix matrix, string objective)
    {
        MatrixInk ink = new(matrix, objective);
        MatrixSummary summary = matrix.Summaries().First(row => row.Objective == objective);
        Table table = new() { Border = TableBorder.None, ShowHeaders = true };
        table.AddColumn(new TableColumn($"[bold]{Markup.Escape(objective)}[/]"));
        table.AddColumn(new TableColumn($"[grey]{matrix.Versions[0]} to {matrix.Versions[^1]}; average forgetting {Signed(summary.Forgetting)}, backward transfer {Signed(summary.BackwardTransfer)}, forward {Signed(summary.ForwardTransfer)} of the trivial loss[/]"));
        foreach (int era in matrix.ErasOf(objective))
            table.AddRow($"era {era}", string.Concat(matrix.Versions.Select(version => Cell(matrix.Find(version, era, objective), ink))));
        return table;
    }

    private static string Cell(MatrixCell? cell, MatrixInk ink)
    {
        if (cell is null) return "  ";
        Ink colour = ink.Of(cell);
        string paint = string.Create(CultureInfo.InvariantCulture, $"rgb({colour.Red},{colour.Green},{colour.Blue})");
        return cell.IsComparable ? $"[{paint}]██[/]" : $"[{paint}]· [/]";
    }

    private static string Signed(double? share) => share is { } value ? value.ToString("+0.0 %;-0.0 %;0.0 %", CultureInfo.InvariantCulture) : "–";

    private static string[] Course(EraResult? era) => era is null
        ? ["–", "–"]
        : [$"{Loss(era.First)} → {Loss(era.Best)} → {Loss(era.Last)}", Share(era.Forgotten)];

    private static string[] Mean(DemoResult result, string objective) =>
        ["", Share(result.Eras.Where(era => era.Objective == objective).Average(era => era.Forgotten))];

    private static Table Versions(IReadOnlyList<VersionManifest> versions)
    {
        Table table = new Table().AddColumns("version", "from", "verdict", "steps", "why");
        foreach (VersionManifest manifest in versions.OrderBy(manifest => manifest.Version))
        {
            VerdictReason? reason = manifest.Verdict.Kind == VerdictKind.Promote ? null : manifest.Verdict.Reasons.FirstOrDefault(found => found.Kind == manifest.Verdict.Kind);
            string from = VersionSummary.OriginOf(manifest.Kind, manifest.RolledBackTo) ?? $"{manifest.Parent?.ToString() ?? "nothing"} + cycle {manifest.Cycle}";
            table.AddRow(
                $"[bold]{manifest.Version}[/]", from, Coloured(manifest.Verdict.Kind), manifest.StepsDone.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(reason?.ToString() ?? manifest.Reason ?? ""));
        }

        return table;
    }

    private void Verdict(DemoResult result)
    {
        console.Write(new Rule("[bold]What was promised[/]").LeftJustified());
        foreach ((bool reached, string sentence) in result.Targets())
            console.MarkupLine(reached ? $"[green]reached[/]      {Markup.Escape(sentence)}" : $"[yellow]not reached[/]  {Markup.Escape(sentence)}");
    }

    private void Next(DemoFolder folder)
    {
        console.Write(new Rule("[bold]What next[/]").LeftJustified());
        string state = Relative(folder.State);
        console.MarkupLine($"  sslagent checkpoints list --state {Markup.Escape(state)}     [grey]the versions above; show, diff, verify, rollback[/]");
        console.MarkupLine($"  sslagent config show > agent.json     [grey]a configuration to start from; point kafka at your own brokers[/]");
        console.MarkupLine($"  sslagent run --config agent.json     [grey]the same agent on your own stream[/]");
        console.MarkupLine($"All figures: {Markup.Escape(Relative(folder.Report))}");
    }

    private static string Explain(string objective) => objective switch
    {
        "mae" => "mae: fill in three hidden quarters of a picture",
        "mlm" => "mlm: fill in hidden words of a line",
        "clip" => "clip: which picture, which words?",
        _ => Markup.Escape(objective),
    };

    private static string Coloured(VerdictKind kind) => kind switch
    {
        VerdictKind.Promote => "[green]promoted[/]",
        VerdictKind.Hold => "[yellow]held[/]",
        _ => "[red]rejected[/]",
    };

    private static string Relative(string path)
    {
        string near = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return near.StartsWith("..", StringComparison.Ordinal) ? path : near;
    }

    private static string Loss(double loss) => loss.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Share(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
