using SslAgent.Domain;

namespace SslAgent.Learning.Probing;

/// <summary>Parts of a batch.</summary>
internal static class BatchRows
{
    public static Batch Rows(this Batch batch, int[] rows) => new(
        batch.Modality,
        [.. rows.Select(row => batch.Ids[row])],
        batch.Frames.Count == 0 ? [] : [.. rows.Select(row => batch.Frames[row])],
        batch.Texts.Count == 0 ? [] : [.. rows.Select(row => batch.Texts[row])]);

    public static Batch Joined(Modality modality, IReadOnlyList<Batch> parts) => new(
        modality, [.. parts.SelectMany(part => part.Ids)], [.. parts.SelectMany(part => part.Frames)], [.. parts.SelectMany(part => part.Texts)]);
}
