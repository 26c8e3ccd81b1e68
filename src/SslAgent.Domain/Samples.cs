namespace SslAgent.Domain;

/// <summary>What a sample or an objective is made of.</summary>
public enum Modality
{
    Frame = 0,
    Text = 1,
    Pair = 2,
}

/// <summary>A decoded picture: uint8 RGB, row-major, interleaved [height, width, 3], never mutated.</summary>
public sealed record Frame(int Width, int Height, byte[] Rgb)
{
    public const int Channels = 3;
}

/// <summary>A line of text: UTF-8 in normal form C, control characters stripped, cut at the ingest's byte limit, never mutated.</summary>
public sealed record Text(byte[] Utf8)
{
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8);
}

/// <summary>
/// One admitted message's content. A frame that came with its own caption has both halves and is a pair by itself;
/// otherwise the halves of a pair are two samples that <see cref="PairKey"/> (or time) joins.
/// </summary>
/// <param name="At">Where Kafka delivered it.</param>
/// <param name="Source">Who produced it: a camera, a host, a file. Never empty.</param>
/// <param name="TimeMs">The message's own time, milliseconds since 1970 UTC.</param>
/// <param name="Id">The producer's id, unique within the source, or null. Producer retries are recognised by it.</param>
/// <param name="PairKey">The key that the two halves of a pair share, or null.</param>
/// <param name="Frame">The picture, or null.</param>
/// <param name="Text">The text or caption, or null. At least one of the two is there.</param>
public sealed record Sample(SourceOffset At, string Source, long TimeMs, string? Id, string? PairKey, Frame? Frame, Text? Text)
{
    public Modality Modality => Frame is null ? Modality.Text : Text is null ? Modality.Frame : Modality.Pair;

    /// <summary>Bytes of content, what the replay buffer's byte limit counts.</summary>
    public long ContentBytes => (Frame?.Rgb.Length ?? 0L) + (Text?.Utf8.Length ?? 0L);
}

/// <summary>
/// Samples drawn for one step, row i of each list belonging together. Frames is empty for a text batch, Texts for a frame batch, unless windows with texts were asked for: then each
/// frame has the last text of its source beside it, an empty one where there was none yet.
/// </summary>
public sealed record Batch(Modality Modality, IReadOnlyList<SampleId> Ids, IReadOnlyList<Frame> Frames, IReadOnlyList<Text> Texts)
{
    public int Count => Ids.Count;

    /// <summary>So many rows after one another are a window, in order of time; 1 where each row stands for itself.</summary>
    public int WindowFrames { get; init; } = 1;

    /// <summary>Windows, or rows where each stands for itself.</summary>
    public int Windows => Count / WindowFrames;

    /// <summary>Whose each row is and when it was, where windows were drawn to train on; else empty.</summary>
    public IReadOnlyList<Moment> Moments { get; init; } = [];
}
