using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>Fetches the content of drawn samples.</summary>
internal static class BatchReader
{
    public static Batch Read(Journal journal, Modality modality, ReadOnlySpan<(long Id, long OtherId)> rows)
    {
        var ids = new SampleId[rows.Length];
        Frame[] frames = modality == Modality.Text ? [] : new Frame[rows.Length];
        Text[] texts = modality == Modality.Frame ? [] : new Text[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            ids[i] = new SampleId(rows[i].Id);
            if (frames.Length > 0) frames[i] = journal.ReadFrame(ids[i]);
            if (texts.Length > 0) texts[i] = journal.ReadText(new SampleId(rows[i].OtherId));
        }

        return new Batch(modality, ids, frames, texts);
    }
}
