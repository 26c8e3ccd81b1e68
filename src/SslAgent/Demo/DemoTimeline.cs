using SslAgent.Domain;

namespace SslAgent.Demo;

/// <summary>One message of the demo and when it is due. Exactly one of picture and line is there.</summary>
/// <param name="Due">From the start of the stream.</param>
/// <param name="Scene">What a viewer is told is streaming.</param>
/// <param name="IsDamaged">A picture that is sent cut off, as a broken camera would: the agent must refuse it and go on.</param>
internal sealed record DemoEvent(TimeSpan Due, string Scene, string Source, string Id, EmojiPair? Picture, string? Line, bool IsDamaged = false);

/// <summary>
/// When what is streamed: the training pairs group by group in the list's order, the programs' lines one program after the other, both
/// evenly over the length. The held-out pairs and every <see cref="LineHeldOutOneIn"/>th line are never in it. A pure function.
/// </summary>
internal static class DemoTimeline
{
    /// <summary>Lines kept back to test what was learned of each program.</summary>
    public const int LineHeldOutOneIn = 20;

    /// <summary>One picture in this many is sent once more, damaged.</summary>
    private const int DamagedOneIn = 100;

    public static IReadOnlyList<DemoEvent> Of(IReadOnlyList<EmojiPair> pairs, IReadOnlyList<LogSet> logs, TimeSpan length)
    {
        Check.That(length > TimeSpan.Zero, "a stream takes time");
        EmojiPair[] training = [.. pairs.Where(pair => !pair.IsHeldOut)];
        (LogSet Log, int Row)[] lines = [.. logs.SelectMany(log => Enumerable.Range(0, log.Lines.Count).Where(row => !IsHeldOut(row)).Select(row => (log, row)))];
        List<DemoEvent> events = [];
        for (int i = 0; i < training.Length; i++)
        {
            events.Add(Of(training[i], length * i / training.Length, isDamaged: false));
            if (i % DamagedOneIn == DamagedOneIn / 2) events.Add(Of(training[i], length * i / training.Length, isDamaged: true));
        }

        for (int i = 0; i < lines.Length; i++)
        {
            (LogSet log, int row) = lines[i];
            events.Add(new DemoEvent(length * i / lines.Length, log.Program, log.Source, $"{log.Program}/{row}", null, log.Lines[row]));
        }

        return [.. events.OrderBy(item => item.Due)]; // stable: pictures before lines of the same moment
    }

    /// <summary>Whether a line of a log, counted from 0, is kept back.</summary>
    public static bool IsHeldOut(int row) => row % LineHeldOutOneIn == LineHeldOutOneIn - 1;

    private static DemoEvent Of(EmojiPair pair, TimeSpan due, bool isDamaged) =>
        new(due, pair.Group, EmojiPair.SourceOf(pair.Group), $"{(isDamaged ? "damaged" : "emoji")}/{pair.Index}", pair, null, isDamaged);
}
