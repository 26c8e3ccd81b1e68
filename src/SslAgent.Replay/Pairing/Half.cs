namespace SslAgent.Replay;

/// <summary>A frame or a text that waits for its other half, or found it.</summary>
/// <param name="Ordinal">Its place among all samples admitted, from 0: the same whatever decisions stand between them.</param>
/// <param name="Bytes">Of its content.</param>
/// <param name="TextHash">Of a text; 0 for a frame.</param>
/// <param name="Matched">Frames that this text already has.</param>
internal readonly record struct Half(
    long Id, long Ordinal, bool IsText, bool IsSentinel, int Source, long TimeMs, long Bytes, ulong TextHash, int Matched)
{
    public void Save(BinaryWriter to)
    {
        to.Write(Id);
        to.Write(Ordinal);
        to.Write(IsText);
        to.Write(IsSentinel);
        to.Write(Source);
        to.Write(TimeMs);
        to.Write(Bytes);
        to.Write(TextHash);
        to.Write(Matched);
    }

    public static Half Load(BinaryReader from) => new(
        from.ReadInt64(), from.ReadInt64(), from.ReadBoolean(), from.ReadBoolean(), from.ReadInt32(),
        from.ReadInt64(), from.ReadInt64(), from.ReadUInt64(), from.ReadInt32());
}

/// <summary>Two halves that belong together.</summary>
internal readonly record struct FoundPair(Half Frame, Half Text);
