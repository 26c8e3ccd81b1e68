namespace SslAgent.Learning.Text.Tokenizing;

/// <summary>Two neighbouring tokens that become one. The k-th merge makes token <see cref="Vocabulary.FirstMerged"/> + k.</summary>
internal readonly record struct Merge(int Left, int Right);
