namespace SslAgent.Learning.Objectives.Parts;

/// <summary>How often each token occurs: all that is known of a text by who has not learned to read.</summary>
internal sealed class Unigrams
{
    private readonly SortedDictionary<int, int> _counts = [];
    private readonly double _total;

    public Unigrams(IEnumerable<int> tokens)
    {
        foreach (int token in tokens) _counts[token] = _counts.GetValueOrDefault(token) + 1;
        _total = _counts.Values.Sum();
    }

    /// <summary>What it costs to guess a token by these shares, nats; 0 where there are none.</summary>
    public double Entropy => _counts.Values.Sum(count => -count / _total * Math.Log(count / _total));

    /// <summary>A token's share.</summary>
    public double Share(int token) => _counts.GetValueOrDefault(token) / _total;
}
