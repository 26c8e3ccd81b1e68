namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>A distinct word of the training text and how often it occurred. Mutable: lives in a list and is counted in place.</summary>
internal struct CountedWord
{
    public required byte[] Bytes { get; init; }

    public required long Count { get; set; }
}
