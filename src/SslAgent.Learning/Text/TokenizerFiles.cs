using SslAgent.Learning.State;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Text;

/// <summary>Reads the tokenizer of a stored version.</summary>
public static class TokenizerFiles
{
    public static ITokenizer Read(byte[] json)
    {
        try
        {
            return BpeTokenizer.FromJson(json);
        }
        catch (TokenizerFormatException exception)
        {
            throw new ModelStateException($"tokenizer.json: {exception.Message}");
        }
    }
}
