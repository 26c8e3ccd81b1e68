namespace SslAgent.Replay;

/// <summary>
/// Joins halves that share a pair key: a text with up to so many frames, a frame with one text. Halves wait in order of arrival; beyond the
/// bound the longest waiting key leaves. A fold: depends on nothing but the halves and their order. Not thread-safe.
/// </summary>
internal sealed class KeyPairing(int framesPerText, int halvesMax)
{
    private readonly LinkedList<Waiting> _order = [];
    private readonly Dictionary<string, LinkedListNode<Waiting>> _byKey = new(StringComparer.Ordinal);

    /// <summary>Halves that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Halves that left without ever having found another.</summary>
    public long Evicted { get; private set; }

    /// <summary>Offers a half; adds the pairs that it completes.</summary>
    public void Offer(string key, Half half, List<FoundPair> found)
    {
        if (!_byKey.TryGetValue(key, out LinkedListNode<Waiting>? node)) _byKey[key] = node = _order.AddLast(new Waiting(key));
        if (half.IsText) OfferText(node, half, found);
        else OfferFrame(node, half, found);
        while (Count > halvesMax && _order.First is { } oldest) Leave(oldest);
    }

    public void RemoveAll(Predicate<long> match)
    {
        foreach (LinkedListNode<Waiting> node in _byKey.Values.ToList())
        {
            Waiting waiting = node.Value;
            Count -= waiting.Frames.RemoveAll(frame => match(frame.Id));
            if (waiting.Text is { } text && match(text.Id))
            {
                waiting.Text = null;
                Count--;
            }

            if (waiting.IsEmpty) Forget(node);
        }
    }

    public void CollectLive(ISet<long> ids)
    {
        foreach (Waiting waiting in _order)
        {
            foreach (Half frame in waiting.Frames) ids.Add(frame.Id);
            if (waiting.Text is { } text) ids.Add(text.Id);
        }
    }

    public void Save(BinaryWriter to)
    {
        to.Write(Evicted);
        to.Write(_order.Count);
        foreach (Waiting waiting in _order)
        {
            to.Write(waiting.Key);
            to.Write(waiting.Frames.Count);
            foreach (Half frame in waiting.Frames) frame.Save(to);
            to.Write(waiting.Text is not null);
            waiting.Text?.Save(to);
        }
    }

    public void Load(BinaryReader from)
    {
        Evicted = from.ReadInt64();
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            var waiting = new Waiting(from.ReadString());
            for (int frames = from.ReadInt32(); frames > 0; frames--) waiting.Frames.Add(Half.Load(from));
            if (from.ReadBoolean()) waiting.Text = Half.Load(from);
            Count += waiting.Frames.Count + (waiting.Text is null ? 0 : 1);
            _byKey[waiting.Key] = _order.AddLast(waiting);
        }
    }

    private void OfferFrame(LinkedListNode<Waiting> node, Half frame, List<FoundPair> found)
    {
        Waiting waiting = node.Value;
        if (waiting.Text is { } text && text.IsSentinel == frame.IsSentinel)
        {
            found.Add(new FoundPair(frame, text));
            TextMatched(node, text with { Matched = text.Matched + 1 });
            return;
        }

        waiting.Frames.Add(frame);
        Count++;
        if (waiting.Frames.Count <= framesPerText) return;
        waiting.Frames.RemoveAt(0);
        Count--;
        Evicted++;
    }

    private void OfferText(LinkedListNode<Waiting> node, Half text, List<FoundPair> found)
    {
        Waiting waiting = node.Value;
        if (waiting.Text is { } replaced)
        {
            // The newer text speaks for the frames to come.
            if (replaced.Matched == 0) Evicted++;
            waiting.Text = null;
            Count--;
        }

        foreach (Half frame in waiting.Frames.Where(frame => frame.IsSentinel == text.IsSentinel))
        {
            found.Add(new FoundPair(frame, text));
            text = text with { Matched = text.Matched + 1 };
        }

        Count -= waiting.Frames.RemoveAll(frame => frame.IsSentinel == text.IsSentinel);
        Count++;
        TextMatched(node, text);
    }

    /// <summary>A text with all the frames that it may have waits no longer.</summary>
    private void TextMatched(LinkedListNode<Waiting> node, Half text)
    {
        bool isFull = text.Matched >= framesPerText;
        node.Value.Text = isFull ? null : text;
        if (isFull) Count--;
        if (node.Value.IsEmpty) Forget(node);
    }

    private void Leave(LinkedListNode<Waiting> node)
    {
        Waiting waiting = node.Value;
        Count -= waiting.Frames.Count + (waiting.Text is null ? 0 : 1);
        Evicted += waiting.Frames.Count + (waiting.Text is { Matched: 0 } ? 1 : 0);
        Forget(node);
    }

    private void Forget(LinkedListNode<Waiting> node)
    {
        _order.Remove(node);
        _byKey.Remove(node.Value.Key);
    }

    private sealed class Waiting(string key)
    {
        public string Key => key;

        public List<Half> Frames { get; } = [];

        public Half? Text { get; set; }

        public bool IsEmpty => Frames.Count == 0 && Text is null;
    }
}
