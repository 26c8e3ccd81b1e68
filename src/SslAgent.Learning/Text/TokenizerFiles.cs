namespace SslAgent.Learning.Text;

/// <summary>Reads the tokenizer of a stored version.</summary>
internal static class TokenizerFiles
{
    public static ITokenizer Read(byte[] json) => throw new State.ModelStateException("no reader for tokenizers yet");
}
