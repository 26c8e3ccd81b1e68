using System.Buffers;

namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>
/// A frozen byte-level BPE tokenizer (docs/formats/tokenizer.md). Made by <see cref="BpeTrainer"/> or read from a stored
/// <c>tokenizer.json</c>. Immutable: any number of threads may call it at once. Encoding allocates nothing.
/// Raw text never yields a special token, whatever it says.
/// </summary>
public sealed class BpeTokenizer : ITokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly WordEncoder _words;

    internal BpeTokenizer(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _words = new WordEncoder(vocabulary);
    }

    public int VocabularySize => _vocabulary.Size;

    /// <summary>Reads a stored tokenizer.</summary>
    /// <exception cref="TokenizerFormatException">This code could not have written it; the message says where and why.</exception>
    public static BpeTokenizer FromJson(ReadOnlyMemory<byte> json) => new(Vocabulary.From(TokenizerJsonReader.ReadMerges(json)));

    public int Encode(ReadOnlySpan<byte> utf8, Span<int> tokens)
    {
        int count = 0;
        while (!utf8.IsEmpty && count < tokens.Length)
        {
            int length = PreTokenizer.FirstWord(utf8);
            count += _words.Encode(utf8[..length], tokens[count..]);
            utf8 = utf8[length..];
        }

        return count;
    }

    /// <summary>The bytes that were encoded; special tokens leave nothing. A token outside the vocabulary is a bug of the caller.</summary>
    public byte[] Decode(ReadOnlySpan<int> tokens)
    {
        var bytes = new ArrayBufferWriter<byte>(4 * tokens.Length + 1);
        foreach (int token in tokens) bytes.Write(_vocabulary.BytesOf(token));
        return bytes.WrittenSpan.ToArray();
    }

    public byte[] ToJson() => TokenizerJsonWriter.Write(_vocabulary);
}
