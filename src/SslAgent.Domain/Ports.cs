namespace SslAgent.Domain;

/// <summary>How many trainable samples a cycle's frozen view holds, by modality.</summary>
public sealed record AvailableData(int Frames, int Texts, int Pairs)
{
    public int Of(Modality modality) => modality switch
    {
        Modality.Frame => Frames,
        Modality.Text => Texts,
        _ => Pairs,
    };
}

/// <summary>Draws training batches from a frozen view: the same key gives the same samples for ever.</summary>
public interface IBatchSource
{
    AvailableData Available { get; }

    /// <summary>Draws <paramref name="count"/> samples, mixing fresh and replayed in the configured ratio; without replacement where the view is large enough. The key's step is the turn of whoever asks, by its part:
    /// a source may go through all that it has in successive turns before anything comes again.</summary>
    Batch Draw(Modality modality, int count, DrawKey key);

    /// <summary>Windows of that shape that may be drawn: none where the source knows nothing of time.</summary>
    int CountWindows(WindowShape shape) => 0;

    /// <summary>Draws <paramref name="count"/> windows as samples are drawn, window after window; a window is fresh where its last frame is. Asked only where there are some.</summary>
    Batch DrawWindows(WindowShape shape, int count, DrawKey key) => throw new BrokenInvariantException("windows are drawn where there are some");
}

/// <summary>A stretch of the stream whose sentinels are probed together.</summary>
/// <param name="Name">What a person calls it: a source, or a range of sample numbers.</param>
public sealed record Era(int Number, string Name, int Frames, int Texts, int Pairs);

/// <summary>Held-out samples by era. Never trained on.</summary>
public interface ISentinelSource
{
    IReadOnlyList<Era> Eras { get; }

    /// <summary>The era's sentinels of one modality in admission order, at most <paramref name="countMax"/>, chosen the same way every time.</summary>
    Batch Read(int era, Modality modality, int countMax);

    /// <summary>Windows of the era's sentinels that have no frame in common, at most <paramref name="windowsMax"/>, chosen the same way every time; none where nothing is known of time.</summary>
    Batch ReadWindows(int era, WindowShape shape, int windowsMax) => new(Modality.Frame, [], [], []) { WindowFrames = shape.Frames };
}

/// <summary>Which vector an embedding request asks for.</summary>
public enum EmbeddingSpace
{
    /// <summary>Mean of the frame tower's patch features.</summary>
    Frames = 0,

    /// <summary>Mean of the text tower's token features.</summary>
    Text = 1,

    /// <summary>The shared space of frames and texts, L2-normalised; there once a CLIP step was promoted.</summary>
    Joint = 2,
}

/// <summary>One thing to embed: a frame or a text.</summary>
public sealed record EmbeddingInput(Frame? Frame, Text? Text);

/// <summary>
/// One version's encoders on their own copy of the weights. Used by one thread at a time; disposed by whoever swapped it out.
/// </summary>
public interface IEmbedder : IDisposable
{
    ModelVersion Version { get; }

    /// <summary>Vector width, or null where the version does not have that space.</summary>
    int? Width(EmbeddingSpace space);

    /// <summary>Tokens that the text tower reads of this text, with its two special ones, after truncation.</summary>
    int CountTokens(Text text);

    /// <summary>Embeds a batch of one kind (all frames or all texts). Row i belongs to input i.</summary>
    float[][] Embed(EmbeddingSpace space, IReadOnlyList<EmbeddingInput> inputs);
}

/// <summary>The one place where untrusted picture bytes become pixels. Safe to call from any thread.</summary>
public interface IFrameCodec
{
    /// <summary>Decodes JPEG, PNG, WebP or GIF bytes to the stored size; gives a rejection, never an exception, for anything it does not like.</summary>
    FrameDecoding Decode(ReadOnlyMemory<byte> encoded);

    /// <summary>Encodes to PNG, for people to look at.</summary>
    byte[] EncodePng(Frame frame);
}

/// <summary>A frame, or why there is none. Exactly one of the two is set.</summary>
public readonly record struct FrameDecoding(Frame? Frame, Rejection? Rejection);

/// <summary>The one place where bytes from outside become a line of text, for the stream and for those who ask for embeddings alike.</summary>
public interface ITextCodec
{
    /// <summary>
    /// Brings UTF-8 to the form that <see cref="Text"/> promises (normal form C, no control characters, cut at the byte limit);
    /// gives a rejection, never an exception, for what is no text. Safe to call from any thread.
    /// </summary>
    TextDecoding Decode(ReadOnlyMemory<byte> utf8);
}

/// <summary>A text, or why there is none. Exactly one of the two is set.</summary>
public readonly record struct TextDecoding(Text? Text, Rejection? Rejection);
