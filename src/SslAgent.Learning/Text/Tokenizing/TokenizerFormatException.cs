namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>A <c>tokenizer.json</c> that is damaged or not one of ours. The message names the place in the file.</summary>
public sealed class TokenizerFormatException : Exception
{
    public TokenizerFormatException(string message)
        : base(message)
    {
    }

    public TokenizerFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
