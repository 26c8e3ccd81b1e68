namespace SslAgent.Replay;

/// <summary>What may be drawn: a sample, or a pair of two.</summary>
/// <param name="Id">The sample; of a pair the frame's.</param>
/// <param name="OtherId">Of a pair the text's, of a window's frame that of the text beside it; else the same as <paramref name="Id"/>.</param>
/// <param name="Source">The source's number in <see cref="SourceTable"/>.</param>
/// <param name="TimeMs">Its own time; of a pair the frame's.</param>
internal readonly record struct Drawable(long Id, long OtherId, int Source, long TimeMs)
{
    /// <summary>Stands for a text where a source had said nothing yet.</summary>
    public const long NoText = -1;

    public void Save(BinaryWriter to)
    {
        to.Write(Id);
        to.Write(OtherId);
        to.Write(Source);
        to.Write(TimeMs);
    }

    public static Drawable Load(BinaryReader from) => new(from.ReadInt64(), from.ReadInt64(), from.ReadInt32(), from.ReadInt64());
}
