namespace SslAgent.Learning.Augmenting;

/// <summary>What became of drawn views: counts, to be added up over batches.</summary>
/// <param name="Views">Views handed out.</param>
/// <param name="ByReason">Draws rejected, each under the first check that it failed.</param>
/// <param name="Fallbacks">Views handed out as the weak view, since every draw was rejected.</param>
public sealed record ViewRejections(long Views, IReadOnlyDictionary<string, long> ByReason, long Fallbacks)
{
    public static ViewRejections None { get; } = new(0, new Dictionary<string, long>(), 0);

    public ViewRejections Add(ViewRejections more)
    {
        ArgumentNullException.ThrowIfNull(more);
        return new(
            Views + more.Views,
            ByReason.Concat(more.ByReason).GroupBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal),
            Fallbacks + more.Fallbacks);
    }
}
