using System.ComponentModel.DataAnnotations;

namespace SslAgent.Configuration;

/// <summary>
/// Section <c>tokenizer</c>: when the tokenizer is trained on the first text of the stream and frozen, once in a lineage. Until then only frames
/// are learned. Whichever limit is reached first counts, at the beginning of a cycle.
/// </summary>
internal sealed record TokenizerOptions
{
    /// <summary>Bytes of training text to learn the merges from. Default 4 MiB.</summary>
    [Range(1024, 1L << 30)]
    public long CorpusBytes { get; init; } = 4L << 20;

    /// <summary>Texts after which it is frozen though there are fewer bytes: short messages are few bytes. Default 20,000.</summary>
    [Range(1, 100_000_000)]
    public long CorpusSamples { get; init; } = 20_000;
}
