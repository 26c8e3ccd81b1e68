namespace SslAgent.Learning.Text;

/// <summary>
/// Turns UTF-8 into token numbers, the same way for ever: it is frozen by a journal record and stored in every version.
/// Immutable and safe to call from several threads. Any bytes encode; nothing is ever refused.
/// </summary>
public interface ITokenizer
{
    /// <summary>Tokens in use, the special ones included; at most what the plan has room for.</summary>
    int VocabularySize { get; }

    /// <summary>
    /// Encodes without special tokens, keeping the first <c>tokens.Length</c> ones. Returns how many were written;
    /// an empty span costs nothing and gives 0.
    /// </summary>
    int Encode(ReadOnlySpan<byte> utf8, Span<int> tokens);

    /// <summary>The whole tokenizer as a Hugging Face <c>tokenizer.json</c>; the same bytes every time.</summary>
    byte[] ToJson();
}
