namespace SslAgent.Replay;

/// <summary>
/// Joins a frame with the text of the same source that is nearest in message time, within a window. Decided when the later of the two
/// arrives, among those that wait then; ties go to the earlier arrival. Halves wait in order of arrival and the oldest leave
/// first. A fold: no wall clock. Not thread-safe.
/// </summary>
internal sealed class TimePairing(ReplayOptions options)
{
    // Each arrival looks through all that wait.
    private const int WaitingLimit = 4096;

    private readonly long _windowMs = (long)options.PairWindow.TotalMilliseconds;
    private readonly int _waitingMax = Math.Min(options.LateHalvesMax, WaitingLimit);
    private readonly List<Half> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>Halves that left without ever having found another.</summary>
    public long Evicted { get; private set; }

    public void Offer(Half half, List<FoundPair> found)
    {
        if (half.IsText) OfferText(half, found);
        else OfferFrame(half, found);
        while (_waiting.Count > _waitingMax)
        {
            if (_waiting[0].Matched == 0) Evicted++;
            _waiting.RemoveAt(0);
        }
    }

    public void RemoveAll(Predicate<long> match) => _waiting.RemoveAll(half => match(half.Id));

    public void CollectLive(ISet<long> ids)
    {
        foreach (Half half in _waiting) ids.Add(half.Id);
    }

    public void Save(BinaryWriter to)
    {
        to.Write(Evicted);
        to.Write(_waiting.Count);
        foreach (Half half in _waiting) half.Save(to);
    }

    public void Load(BinaryReader from)
    {
        Evicted = from.ReadInt64();
        for (int left = from.ReadInt32(); left > 0; left--) _waiting.Add(Half.Load(from));
    }

    private void OfferFrame(Half frame, List<FoundPair> found)
    {
        int nearest = Nearest(frame);
        if (nearest < 0)
        {
            _waiting.Add(frame);
            return;
        }

        Half text = _waiting[nearest] with { Matched = _waiting[nearest].Matched + 1 };
        found.Add(new FoundPair(frame, text));
        if (text.Matched < options.PairFramesPerText) _waiting[nearest] = text;
        else _waiting.RemoveAt(nearest);
    }

    private void OfferText(Half text, List<FoundPair> found)
    {
        while (text.Matched < options.PairFramesPerText && Nearest(text) is int nearest and >= 0)
        {
            text = text with { Matched = text.Matched + 1 };
            found.Add(new FoundPair(_waiting[nearest], text));
            _waiting.RemoveAt(nearest);
        }

        if (text.Matched < options.PairFramesPerText) _waiting.Add(text);
    }

    /// <summary>Where the nearest half of the other kind, same source and same side of the sentinel split waits, or -1.</summary>
    private int Nearest(Half half)
    {
        int nearest = -1;
        long distanceMin = _windowMs + 1;
        for (int i = 0; i < _waiting.Count; i++)
        {
            Half other = _waiting[i];
            if (other.IsText == half.IsText || other.Source != half.Source || other.IsSentinel != half.IsSentinel) continue;
            // Times come from outside: their difference may not fit 64 bits.
            Int128 distance = Int128.Abs((Int128)other.TimeMs - half.TimeMs);
            if (distance >= distanceMin) continue;
            (nearest, distanceMin) = (i, (long)distance);
        }

        return nearest;
    }
}
