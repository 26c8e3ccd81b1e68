namespace SslAgent.Learning.Text;

/// <summary>Token numbers with a meaning of their own; part of every stored tokenizer, so never renumbered.</summary>
public static class SpecialTokens
{
    /// <summary>Fills a row up to the batch's length; masked out of attention, pooling and losses.</summary>
    public const int Padding = 0;

    /// <summary>Opens every text.</summary>
    public const int Start = 1;

    /// <summary>Closes every text, a truncated one too.</summary>
    public const int End = 2;

    /// <summary>Stands for a token to be predicted.</summary>
    public const int Mask = 3;

    /// <summary>How many there are: ordinary tokens are numbered from here.</summary>
    public const int Count = 4;

    /// <summary>Their names in <c>tokenizer.json</c>, by number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["[PAD]", "[START]", "[END]", "[MASK]"];
}
