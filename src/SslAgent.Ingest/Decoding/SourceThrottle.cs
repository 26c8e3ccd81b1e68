using SslAgent.Domain;

namespace SslAgent.Ingest.Decoding;

/// <summary>
/// Per source: keep one in n, and at most so many a second. Both are functions of the message (its coordinates and its own time),
/// never of a clock, so the same stream is thinned the same way at any speed. Used by the ingest thread alone.
/// </summary>
internal sealed class SourceThrottle(SourceOptions options)
{
    private readonly SourceRule _default = new() { Sample = options.Sample, RateMax = options.RateMax };
    private readonly Dictionary<string, SourceRule> _rules = options.Rules.ToDictionary(rule => rule.Source, StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<Bucket>> _buckets = [];
    private readonly LinkedList<Bucket> _byUse = [];
    private readonly bool _keepsAll = options.Rules.Count == 0 && options is { Sample: 1, RateMax: null };

    /// <summary>Why the message is passed over, or null where it is kept.</summary>
    public SkipReason? Judge(string source, SourceOffset at, long timeMs)
    {
        if (_keepsAll) return null;
        SourceRule rule = _rules.GetValueOrDefault(source, _default);
        if (rule.Sample > 1 && Hash(at) % (ulong)rule.Sample != 0) return SkipReason.SampledOut;
        return rule.RateMax is not { } rate || BucketOf(source, rate, timeMs).Take(rate, timeMs) ? null : SkipReason.RateLimited;
    }

    /// <summary>FNV-1a over the coordinates with a final mix: stable over releases, evenly spread over neighbouring offsets.</summary>
    private static ulong Hash(SourceOffset at)
    {
        const ulong Basis = 14_695_981_039_346_656_037, Prime = 1_099_511_628_211;
        ulong hash = Basis;
        foreach (char c in at.Topic) hash = (hash ^ c) * Prime;
        hash = (hash ^ (uint)at.Partition) * Prime;
        hash = (hash ^ (uint)at.Epoch) * Prime;
        hash = (hash ^ (ulong)at.Offset) * Prime;
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCD;
        return hash ^ (hash >> 33);
    }

    private Bucket BucketOf(string source, double rate, long timeMs)
    {
        if (_buckets.TryGetValue(source, out LinkedListNode<Bucket>? node))
        {
            _byUse.Remove(node);
        }
        else
        {
            if (_buckets.Count >= options.TrackedMax) ForgetOldest();
            node = new LinkedListNode<Bucket>(new Bucket(source, Math.Max(1, rate), timeMs));
            _buckets.Add(source, node);
        }

        _byUse.AddLast(node);
        return node.Value;
    }

    private void ForgetOldest()
    {
        LinkedListNode<Bucket> oldest = Check.NotNull(_byUse.First, "a full table has an oldest source");
        _byUse.RemoveFirst();
        _buckets.Remove(oldest.Value.Source);
    }

    /// <summary>
    /// A token bucket in message time; time that runs backwards adds nothing. A jump far back is followed all the same: else one message
    /// from the year 9999 would silence its source for good.
    /// </summary>
    private sealed class Bucket(string source, double tokens, long timeMs)
    {
        private const long JumpBackMs = 60_000;

        private double _tokens = tokens;
        private long _timeMs = timeMs;

        public string Source { get; } = source;

        public bool Take(double rate, long now)
        {
            if (now > _timeMs)
            {
                _tokens = Math.Min(Math.Max(1, rate), _tokens + ((now - _timeMs) * rate / 1e3));
                _timeMs = now;
            }
            else if (now < _timeMs - JumpBackMs)
            {
                _timeMs = now;
            }

            if (_tokens < 1) return false;
            _tokens -= 1;
            return true;
        }
    }
}
