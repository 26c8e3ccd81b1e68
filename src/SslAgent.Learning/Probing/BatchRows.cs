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

    /// <summary>Some windows of a batch of windows; rows where each stands for itself.</summary>
    public static Batch Take(this Batch batch, int[] windows) =>
        batch.Rows([.. windows.SelectMany(window => Enumerable.Range(window * batch.WindowFrames, batch.WindowFrames))]) with { WindowFrames = batch.WindowFrames };

    public static Batch Joined(Modality modality, IReadOnlyList<Batch> parts) => new(
        modality, [.. parts.SelectMany(part => part.Ids)], [.. parts.SelectMany(part => part.Frames)], [.. parts.SelectMany(part => part.Texts)]);
}
