using System.Globalization;

namespace SslAgent.Demo;

/// <summary>The board in plain lines, for pipes, logs and dumb terminals: a status line every ten seconds and one for each cycle.</summary>
internal sealed class LineView(TextWriter output)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private TimeSpan _next;
    private int _cycleTold;
    private string _sceneTold = "";

    /// <summary>Writes what is new since the last call.</summary>
    public void Show(BoardSnapshot board)
    {
        if (board.Scene != _sceneTold)
        {
            _sceneTold = board.Scene;
            Write(board, $"now streaming {board.Scene}");
        }

        // By their numbers: the board forgets the oldest.
        foreach (CycleLine cycle in board.Cycles.Where(cycle => cycle.Cycle.Value > _cycleTold))
        {
            Write(board, Describe(cycle));
            _cycleTold = cycle.Cycle.Value;
        }

        if (board.Elapsed < _next) return;
        _next = board.Elapsed + Every;
        Write(board, Status(board));
    }

    private static string Describe(CycleLine cycle)
    {
        string losses = string.Join(", ", cycle.HeldOut.OrderBy(loss => loss.Key).Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Key} {loss.Value:0.000}")));
        string recall = cycle.RecallAt10 is { } share ? string.Create(CultureInfo.InvariantCulture, $", recall@10 {share:P0}") : "";
        return $"cycle {cycle.Cycle} ended after {cycle.Steps} steps: {cycle.Version} {cycle.Verdict.ToString().ToLowerInvariant()}; held-out {losses}{recall}{(cycle.Why.Length > 0 ? $"; {cycle.Why}" : "")}";
    }

    private static string Status(BoardSnapshot board)
    {
        string training = string.Join(", ", from line in board.Objectives where line.Losses.Count > 0 select string.Create(CultureInfo.InvariantCulture, $"{line.Name} {line.Losses[^1]:0.000}"));
        string cycle = board.Running is { } running ? $"cycle {running}{(board.IsProbing ? " probing" : $" step {board.Step}")}" : "between cycles";
        return string.Create(CultureInfo.InvariantCulture,
            $"{board.MessagesPerSecond:0} messages/s; buffer {board.Counts.BufferPairs} pairs, {board.Counts.BufferFrames} frames, {board.Counts.BufferTexts} texts; {cycle}{(training.Length > 0 ? $"; training loss {training}" : "")}");
    }

    private void Write(BoardSnapshot board, string what) => output.WriteLine($"{board.Elapsed.ToString(@"m\:ss", CultureInfo.InvariantCulture),5}  {what}");
}
