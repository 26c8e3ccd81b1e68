using System.Text;
using SslAgent.Learning.Text;

namespace SslAgent.Learning.Tests.Support;

/// <summary>One token a byte: the smallest real tokenizer, for tests that are not about tokenizers.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    public int VocabularySize => SpecialTokens.Count + 256;

    public int Encode(ReadOnlySpan<byte> utf8, Span<int> tokens)
    {
        int count = Math.Min(utf8.Length, tokens.Length);
        for (var i = 0; i < count; i++) tokens[i] = SpecialTokens.Count + utf8[i];
        return count;
    }

    public byte[] ToJson() => Encoding.UTF8.GetBytes("{\"test\":\"bytes\"}");
}
