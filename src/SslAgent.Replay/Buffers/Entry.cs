namespace SslAgent.Replay;

/// <summary>A sample, or a pair of two, as the buffer knows it.</summary>
/// <param name="Id">The sample; of a pair the frame's.</param>
/// <param name="OtherId">Of a pair the text's; otherwise the same as <paramref name="Id"/>.</param>
/// <param name="Priority">Where it stands in the random order that decides who stays: small ones stay.</param>
/// <param name="Bytes">Content that it stands for.</param>
/// <param name="TextHash">Of its text, or 0.</param>
/// <param name="Source">The source's number in <see cref="SourceTable"/>.</param>
/// <param name="TimeMs">Its own time; of a pair the frame's.</param>
internal readonly record struct Entry(long Id, long OtherId, ulong Priority, long Bytes, ulong TextHash, int Source, long TimeMs = 0)
{
    /// <summary>The number that it came with: a pair comes with its later half.</summary>
    public long Arrived => Math.Max(Id, OtherId);

    public bool IsSince(long position) => Id >= position || OtherId >= position;

    public bool Has(long id) => Id == id || OtherId == id;

    public void Save(BinaryWriter to)
    {
        to.Write(Id);
        to.Write(OtherId);
        to.Write(Priority);
        to.Write(Bytes);
        to.Write(TextHash);
        to.Write(Source);
        to.Write(TimeMs);
    }

    public static Entry Load(BinaryReader from) =>
        new(from.ReadInt64(), from.ReadInt64(), from.ReadUInt64(), from.ReadInt64(), from.ReadUInt64(), from.ReadInt32(), from.ReadInt64());

    public Drawable ToDrawable() => new(Id, OtherId, Source, TimeMs);

    /// <summary>In order of the ids: the one order that does not depend on how they came to be where they are.</summary>
    public static Entry[] Sorted(Entry[] entries)
    {
        Array.Sort(entries, static (left, right) =>
            left.Id != right.Id ? left.Id.CompareTo(right.Id) : left.OtherId.CompareTo(right.OtherId));
        return entries;
    }
}
