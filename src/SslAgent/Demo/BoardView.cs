using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using SslAgent.Domain;

namespace SslAgent.Demo;

/// <summary>Draws a snapshot for a terminal: what streams in, what is learned from it, what was made of it.</summary>
internal static class BoardView
{
    private const int CurveWidth = 36, CyclesShown = 8;

    public static IRenderable Draw(BoardSnapshot board, TimeSpan length)
    {
        List<IRenderable> parts = [Header(board, length), Stream(board), Objectives(board), Cycles(board)];
        parts.AddRange(board.Problems.Select(problem => new Markup($"[yellow]! {Markup.Escape(problem)}[/]")));
        return new Rows(parts);
    }

    private static Markup Header(BoardSnapshot board, TimeSpan length)
    {
        string doing = board.Running is not { } cycle ? "[grey]waiting for the next cycle[/]"
            : board.IsProbing ? $"cycle {cycle}: [aqua]asking what it still knows[/]"
            : $"cycle {cycle}: [green]training[/], step {board.Step} of at most {board.StepsMax}";
        return new Markup($"[bold]sslagent demo[/]  {Clock(board.Elapsed)} of {Clock(length)}   {doing}");
    }

    private static Panel Stream(BoardSnapshot board)
    {
        Pipeline.IngestCounts counts = board.Counts;
        return new Panel(new Markup(string.Create(CultureInfo.InvariantCulture,
            $"""
            now streaming: [bold]{Markup.Escape(board.Scene)}[/]   {board.MessagesPerSecond:0} messages/s
            admitted {counts.PairsAdmitted:N0} pairs, {counts.FramesAdmitted:N0} frames, {counts.TextsAdmitted:N0} texts; set aside to test memory {counts.SentinelsAdmitted:N0}; rejected {counts.Rejected:N0}; passed over {counts.Skipped:N0}
            replay buffer: {counts.BufferPairs:N0} pairs, {counts.BufferFrames:N0} frames, {counts.BufferTexts:N0} texts, {counts.BufferBytes / 1048576.0:0.0} MiB
            """))).Header("stream").Expand();
    }

    private static Table Objectives(BoardSnapshot board)
    {
        Table table = new Table().Expand().Title("[grey]learning (losses fall: it learns; the held-out ones count)[/]")
            .AddColumns("objective", "training loss", "now", "held-out", "knowing nothing", "samples");
        foreach (ObjectiveLine line in board.Objectives)
        {
            table.AddRow(
                new Markup(Explain(line.Name)), new Markup($"[green]{Sparkline.Of(line.Losses, CurveWidth)}[/]"), Number(line.Losses.Count > 0 ? line.Losses[^1] : null),
                Judged(line), Number(line.Trivial), new Markup(line.Samples.ToString("N0", CultureInfo.InvariantCulture)));
        }

        return table;
    }

    private static Table Cycles(BoardSnapshot board)
    {
        Table table = new Table().Expand().Title("[grey]versions (only what has not forgotten, collapsed or diverged is served)[/]")
            .AddColumns("cycle", "version", "verdict", "steps", "held-out losses", "text→image recall@10");
        foreach (CycleLine cycle in board.Cycles.TakeLast(CyclesShown))
        {
            table.AddRow(
                new Markup(cycle.Cycle.ToString()), new Markup($"[bold]{cycle.Version}[/]"), Verdict(cycle), new Markup(Steps(cycle, board)),
                new Markup(string.Join("  ", cycle.HeldOut.OrderBy(loss => loss.Key).Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Key} {loss.Value:0.000}")))),
                new Markup(cycle.RecallAt10 is { } recall ? recall.ToString("P0", CultureInfo.InvariantCulture) : "–"));
        }

        return table;
    }

    private static string Steps(CycleLine cycle, BoardSnapshot board) =>
        board.Versions.Any(version => version.Version == cycle.Version) ? $"{cycle.Steps}" : $"{cycle.Steps} [grey](being saved)[/]";

    private static Markup Verdict(CycleLine cycle) => cycle.Verdict switch
    {
        VerdictKind.Promote => new Markup("[green]promoted[/]"),
        VerdictKind.Hold => new Markup($"[yellow]held[/] [grey]{Markup.Escape(cycle.Why)}[/]"),
        _ => new Markup($"[red]rejected[/] [grey]{Markup.Escape(cycle.Why)}[/]"),
    };

    private static Markup Judged(ObjectiveLine line)
    {
        string colour = line.HeldOut < line.Trivial ? "green" : "yellow";
        return line.HeldOut is { } loss ? new Markup(string.Create(CultureInfo.InvariantCulture, $"[{colour}]{loss:0.000}[/]")) : new Markup("–");
    }

    private static Markup Number(double? value) => new(value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "–");

    private static string Explain(string objective) => objective switch
    {
        "mae" => "[bold]mae[/] [grey]fill in hidden patches[/]",
        "mlm" => "[bold]mlm[/] [grey]fill in hidden words[/]",
        "clip" => "[bold]clip[/] [grey]match picture and caption[/]",
        _ => $"[bold]{Markup.Escape(objective)}[/]",
    };

    private static string Clock(TimeSpan span) => span.ToString(@"m\:ss", CultureInfo.InvariantCulture);
}
