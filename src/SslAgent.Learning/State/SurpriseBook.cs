using SslAgent.Domain;

namespace SslAgent.Learning.State;

/// <summary>
/// How surprising each source has been of late: the running mean of the errors that an objective made in predicting its windows. A fold over steps, part of every version. Bounded: sources that come
/// when it is full are not in it. Not thread-safe.
/// </summary>
internal sealed class SurpriseBook
{
    private const int SourcesMax = 256;

    // Of a source's last hundred windows or so; a young mean is a plain one.
    private const double RateMin = 0.01;

    private readonly SortedDictionary<string, SourceSurprise> _sources = new(StringComparer.Ordinal);

    public IReadOnlyList<SourceSurprise> Sources => [.. _sources.Values];

    public void Note(string source, double error)
    {
        if (!double.IsFinite(error)) return;
        if (!_sources.TryGetValue(source, out SourceSurprise? known))
        {
            if (_sources.Count >= SourcesMax) return;
            known = new SourceSurprise(source, 0, 0);
        }

        double rate = Math.Max(RateMin, 1.0 / (known.Windows + 1));
        _sources[source] = new SourceSurprise(source, known.Error + (rate * (error - known.Error)), known.Windows + 1);
    }

    public void Become(IEnumerable<SourceSurprise> sources)
    {
        _sources.Clear();
        foreach (SourceSurprise one in sources) _sources.Add(one.Source, one);
    }
}
