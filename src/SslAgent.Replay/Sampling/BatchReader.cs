using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// Fetches the content of drawn samples. One that the medium lost is told to whoever listens, and the batch goes on without it: a
/// training batch repeats the next row in its place (its size is part of the plan), a probe is smaller.
/// </summary>
internal sealed class BatchReader(Journal journal, Action<SampleUnreadableException> unreadable)
{
    /// <summary>As many rows as were asked for.</summary>
    public Batch ReadTraining(Modality modality, ReadOnlySpan<(long Id, long OtherId)> rows)
    {
        var read = new Row?[rows.Length];
        for (int i = 0; i < rows.Length; i++) read[i] = TryRead(modality, rows[i]);
        var whole = new List<Row>(rows.Length);
        for (int i = 0; i < rows.Length; i++) whole.Add(read[i] ?? Next(read, i));
        return BatchOf(modality, whole);
    }

    /// <summary>Those of the rows that can be read.</summary>
    public Batch ReadProbe(Modality modality, ReadOnlySpan<(long Id, long OtherId)> rows)
    {
        var whole = new List<Row>(rows.Length);
        foreach ((long, long) row in rows)
        {
            if (TryRead(modality, row) is { } read) whole.Add(read);
        }

        return BatchOf(modality, whole);
    }

    private Row? TryRead(Modality modality, (long Id, long OtherId) row)
    {
        try
        {
            return new Row(
                new SampleId(row.Id),
                modality == Modality.Text ? null : journal.ReadFrame(new SampleId(row.Id)),
                modality == Modality.Frame ? null : journal.ReadText(new SampleId(row.OtherId)));
        }
        catch (SampleUnreadableException fault)
        {
            unreadable(fault);
            return null;
        }
    }

    private static Row Next(Row?[] read, int from)
    {
        for (int i = 1; i < read.Length; i++)
        {
            if (read[(from + i) % read.Length] is { } row) return row;
        }

        throw new IOException($"none of the {read.Length} samples of a batch can be read from the journal");
    }

    private static Batch BatchOf(Modality modality, List<Row> rows) => new(
        modality,
        [.. rows.Select(row => row.Id)],
        modality == Modality.Text ? [] : [.. rows.Select(row => Check.NotNull(row.Frame, "a frame was read"))],
        modality == Modality.Frame ? [] : [.. rows.Select(row => Check.NotNull(row.Text, "a text was read"))]);

    private sealed record Row(SampleId Id, Frame? Frame, Text? Text);
}
