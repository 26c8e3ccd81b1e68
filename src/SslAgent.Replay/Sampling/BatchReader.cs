using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// Fetches the content of drawn samples. One that the medium lost is told to whoever listens, and the batch goes on without it: a
/// training batch repeats the next row in its place (its size is part of the plan), a probe is smaller. A fault of the disk is thrown, for
/// the caller to try again; but where one record cannot be read while others can, that is a bad sector, and after a few attempts its
/// sample is given up as unreadable. Safe to use from any thread.
/// </summary>
internal sealed class BatchReader(Journal journal, Action<SampleUnreadableException> unreadable)
{
    private readonly FailedReads _failed = new();

    /// <summary>As many rows as were asked for.</summary>
    public Batch ReadTraining(Modality modality, ReadOnlySpan<(long Id, long OtherId)> rows)
    {
        Row?[] read = ReadAll(modality, rows);
        var whole = new List<Row>(rows.Length);
        for (int i = 0; i < rows.Length; i++) whole.Add(read[i] ?? Next(read, i));
        return BatchOf(modality, whole);
    }

    /// <summary>Those of the rows that can be read.</summary>
    public Batch ReadProbe(Modality modality, ReadOnlySpan<(long Id, long OtherId)> rows)
    {
        var whole = new List<Row>(rows.Length);
        foreach (Row? read in ReadAll(modality, rows))
        {
            if (read is not null) whole.Add(read);
        }

        return BatchOf(modality, whole);
    }

    private Row?[] ReadAll(Modality modality, ReadOnlySpan<(long Id, long OtherId)> rows)
    {
        var read = new Row?[rows.Length];
        var faults = new List<(SampleId Id, StorageException Fault)>();
        for (int i = 0; i < rows.Length; i++)
        {
            try
            {
                read[i] = TryRead(modality, rows[i]);
            }
            catch (StorageException fault)
            {
                faults.Add((new SampleId(rows[i].Id), fault));
            }
        }

        if (faults.Count > 0) _failed.GiveUpOrThrow(faults, othersWereRead: read.Any(row => row is not null), unreadable);
        return read;
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

    private Row Next(Row?[] read, int from)
    {
        for (int i = 1; i < read.Length; i++)
        {
            if (read[(from + i) % read.Length] is { } row) return row;
        }

        // Nothing may stand in its place: whoever reads waits, and an operator decides.
        throw new StorageException(
            DiskOperation.Read, journal.Samples.Settings.Directory, StorageFault.Device, $"none of the {read.Length} samples of a batch can be read");
    }

    private static Batch BatchOf(Modality modality, List<Row> rows) => new(
        modality,
        [.. rows.Select(row => row.Id)],
        modality == Modality.Text ? [] : [.. rows.Select(row => Check.NotNull(row.Frame, "a frame was read"))],
        modality == Modality.Frame ? [] : [.. rows.Select(row => Check.NotNull(row.Text, "a text was read"))]);

    private sealed record Row(SampleId Id, Frame? Frame, Text? Text);
}
