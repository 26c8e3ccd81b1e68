using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Text;

/// <summary>The one place that knows which kind of tokenizer a stored version or a journal record holds.</summary>
public static class TokenizerFiles
{
    /// <summary>Reads what <see cref="ITokenizer.ToJson"/> wrote. Throws <see cref="TokenizerFormatException"/> on anything else.</summary>
    public static ITokenizer Read(byte[] json) => BpeTokenizer.FromJson(json);
}
