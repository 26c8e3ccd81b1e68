using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// Fetches the content of drawn samples. One that the medium lost is told to whoever listens, and the batch goes on without it, and without the window that it is part of: a
/// training batch repeats the next in its place (its size is part of the plan), a probe is smaller. A fault of the disk is thrown, for
/// the caller to try again; but where one record cannot be read while others can, that is a bad sector, and after a few attempts its
/// sample is given up as unreadable. Safe to use from any thread.
/// </summary>
internal sealed class BatchReader(Journal journal, Action<SampleUnreadableException> unreadable)
{
    private readonly FailedReads _failed = new();

    /// <summary>As many rows as were asked for.</summary>
    public Batch ReadTraining(Modality modality, ReadOnlySpan<Drawable> rows) =>
        BatchOf(modality, WithoutHoles(ReadAll(ContentOf(modality), rows), window: 1), window: 1, sources: null);

    /// <summary>As many windows as were asked for, row after row.</summary>
    /// <param name="sources">Names of the sources, by number.</param>
    public Batch ReadTrainingWindows(WindowShape shape, ReadOnlySpan<Drawable> rows, IReadOnlyList<string> sources) =>
        BatchOf(Modality.Frame, WithoutHoles(ReadAll(ContentOf(shape), rows), shape.Frames), shape.Frames, sources);

    /// <summary>Those of the rows that can be read.</summary>
    public Batch ReadProbe(Modality modality, ReadOnlySpan<Drawable> rows) => BatchOf(modality, Whole(ReadAll(ContentOf(modality), rows), window: 1), window: 1, sources: null);

    /// <summary>Those of the windows of which all can be read.</summary>
    public Batch ReadProbeWindows(WindowShape shape, ReadOnlySpan<Drawable> rows) =>
        BatchOf(Modality.Frame, Whole(ReadAll(ContentOf(shape), rows), shape.Frames), shape.Frames, sources: null);

    private Row?[] ReadAll(Content content, ReadOnlySpan<Drawable> rows)
    {
        var read = new Row?[rows.Length];
        var faults = new List<(SampleId Id, StorageException Fault)>();
        for (int i = 0; i < rows.Length; i++)
        {
            try
            {
                read[i] = TryRead(content, rows[i]);
            }
            catch (StorageException fault)
            {
                faults.Add((new SampleId(rows[i].Id), fault));
            }
        }

        if (faults.Count > 0) _failed.GiveUpOrThrow(faults, othersWereRead: read.Any(row => row is not null), unreadable);
        return read;
    }

    private Row? TryRead(Content content, Drawable row)
    {
        try
        {
            return new Row(
                row,
                content.Frame ? journal.ReadFrame(new SampleId(row.Id)) : null,
                !content.Text ? null : row.OtherId == Drawable.NoText ? new Text([]) : journal.ReadText(new SampleId(row.OtherId)));
        }
        catch (SampleUnreadableException fault)
        {
            unreadable(fault);
            return null;
        }
    }

    private static List<Row> Whole(Row?[] read, int window) =>
        [.. read.Chunk(window).Where(rows => rows.All(row => row is not null)).SelectMany(rows => rows).OfType<Row>()];

    private List<Row> WithoutHoles(Row?[] read, int window)
    {
        Row?[][] windows = [.. read.Chunk(window)];
        var whole = new List<Row>(read.Length);
        for (int i = 0; i < windows.Length; i++) whole.AddRange(Next(windows, i).OfType<Row>());
        return whole;
    }

    /// <summary>The first whole one from here on.</summary>
    private Row?[] Next(Row?[][] windows, int from)
    {
        for (int i = 0; i < windows.Length; i++)
        {
            if (windows[(from + i) % windows.Length] is { } window && Array.TrueForAll(window, row => row is not null)) return window;
        }

        // Nothing may stand in its place: whoever reads waits, and an operator decides.
        throw new StorageException(
            DiskOperation.Read, journal.Samples.Settings.Directory, StorageFault.Device, $"none of the {windows.Sum(window => window.Length)} samples of a batch can be read");
    }

    private static Content ContentOf(Modality modality) => new(Frame: modality != Modality.Text, Text: modality != Modality.Frame);

    private static Content ContentOf(WindowShape shape) => new(Frame: true, Text: shape.WithTexts);

    private static Batch BatchOf(Modality modality, List<Row> rows, int window, IReadOnlyList<string>? sources) => new(
        modality,
        [.. rows.Select(row => new SampleId(row.Drawn.Id))],
        [.. rows.Select(row => row.Frame).OfType<Frame>()],
        [.. rows.Select(row => row.Text).OfType<Text>()])
    {
        WindowFrames = window,
        Moments = sources is null ? [] : [.. rows.Select(row => new Moment(sources[row.Drawn.Source], row.Drawn.TimeMs))],
    };

    private readonly record struct Content(bool Frame, bool Text);

    private sealed record Row(Drawable Drawn, Frame? Frame, Text? Text);
}
