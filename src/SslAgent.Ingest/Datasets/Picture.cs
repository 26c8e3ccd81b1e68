using SslAgent.Domain;

namespace SslAgent.Ingest.Datasets;

/// <summary>One picture of a set, as it lies on disk.</summary>
/// <param name="Name">Unique in its set, and the same at every reading.</param>
/// <param name="Data">An encoded picture, or raw pixels where <paramref name="Size"/> is given.</param>
/// <param name="Label">Its class, for whoever measures; never sent to the agent. Null for none.</param>
/// <param name="Size">Width and height of interleaved uint8 RGB; null for an encoded picture.</param>
public sealed record Picture(string Name, ReadOnlyMemory<byte> Data, string? Label, (int Width, int Height)? Size = null)
{
    /// <summary>What people say of it, to learn from; null for nothing.</summary>
    public string? Caption { get; init; }

    /// <summary>Who took it, a camera or a film; null: nobody but the set.</summary>
    public string? Source { get; init; }

    /// <summary>When it was taken, milliseconds since 1970 UTC; null where nobody says: then it is as old as its reading.</summary>
    public long? TimeMs { get; init; }

    /// <summary>The stored form, or why there is none.</summary>
    public FrameDecoding Decode(Frames.VipsFrameCodec codec) =>
        Size is { } size ? codec.DecodeRgb(Data, size.Width, size.Height) : codec.Decode(Data);
}

/// <summary>Pictures that are read from the beginning to the end, always in the same order.</summary>
public interface IPictureSet
{
    /// <summary>A short name for reports.</summary>
    string Name { get; }

    /// <summary>What tells this content from another: changes where files come, go or change.</summary>
    string Signature { get; }

    IEnumerable<Picture> Read();
}
