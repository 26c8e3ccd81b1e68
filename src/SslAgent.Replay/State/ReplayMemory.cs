using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>
/// What is remembered for learning: the replay buffer, the fresh samples, the sentinels by era, and the halves that wait for pairs. The
/// part of <see cref="ReplayState"/> that a rollback may take back. A fold over admitted samples; not thread-safe.
/// </summary>
internal sealed class ReplayMemory
{
    private readonly ulong _seed;
    private readonly ReplayOptions _options;
    private readonly SourceTable _sources;
    private readonly EraTable _eras;
    private readonly KeyPairing _keyPairing;
    private readonly TimePairing _timePairing;
    private readonly BoundedSet _sentinelTexts;
    private readonly BufferTrio _buffer;
    private readonly ReservoirTrio _fresh;
    private readonly ReservoirTrio _inCycle;
    private readonly List<FoundPair> _found = [];

    public ReplayMemory(ReplayOptions options, ulong seed)
    {
        _options = options;
        _seed = seed;
        _sources = new SourceTable(options.SourcesMax);
        _eras = new EraTable(options, _sources);
        _keyPairing = new KeyPairing(options.PairFramesPerText, options.LateHalvesMax);
        _timePairing = new TimePairing(options);
        _sentinelTexts = new BoundedSet(options.SentinelTextsMax);
        _buffer = BufferTrio.Of(options);
        _fresh = FreshTrio(options);
        _inCycle = FreshTrio(options);
    }

    public BufferTrio Buffer => _buffer;

    public ReservoirTrio Fresh => _fresh;

    public EraTable Eras => _eras;

    public SourceTable Sources => _sources;

    public int LateHalves => _keyPairing.Count + _timePairing.Count;

    public long LateHalvesEvicted => _keyPairing.Evicted + _timePairing.Evicted;

    /// <summary>Pairs found so far, sentinels included.</summary>
    public long PairsFound { get; private set; }

    /// <summary>Whether a sentinel had exactly this text.</summary>
    public bool IsSentinelText(Text text) => _sentinelTexts.Contains(StableHash.Of(text.Utf8));

    /// <param name="admittedBefore">Samples admitted before this one: what eras by count go by.</param>
    public void Admit(long sequence, Sample sample, bool isSentinel, long admittedBefore)
    {
        int source = _sources.NumberOf(sample.Source);
        ulong textHash = sample.Text is { } text ? StableHash.Of(text.Utf8) : 0;
        if (isSentinel && sample.Text is not null) _sentinelTexts.Add(textHash);
        var frame = new Half(sequence, admittedBefore, false, isSentinel, source, sample.TimeMs, sample.Frame?.Rgb.Length ?? 0, 0, 0);
        var caption = new Half(sequence, admittedBefore, true, isSentinel, source, sample.TimeMs, sample.Text?.Utf8.Length ?? 0, textHash, 0);
        if (sample.Frame is not null) Keep(Modality.Frame, Single(frame, Modality.Frame), isSentinel, admittedBefore, frame);
        if (sample.Text is not null) Keep(Modality.Text, Single(caption, Modality.Text), isSentinel, admittedBefore, caption);

        _found.Clear();
        if (sample.Modality == Modality.Pair) _found.Add(new FoundPair(frame, caption));
        else if (sample.PairKey is not null) _keyPairing.Offer(sample.PairKey, sample.Frame is null ? caption : frame, _found);
        else if (_options.PairByTime) _timePairing.Offer(sample.Frame is null ? caption : frame, _found);
        foreach (FoundPair pair in _found) Keep(Modality.Pair, Joined(pair), isSentinel, admittedBefore, pair.Frame);
        PairsFound += _found.Count;
    }

    /// <summary>What a cycle that begins now trains on. What was fresh is in the cycle's hands.</summary>
    public TrainingIndex BeginCycle()
    {
        TrainingIndex index = TrainingIndex.Of(_buffer, _fresh, _sentinelTexts, _sources.Names);
        _inCycle.TakeOver(_fresh);
        _buffer.Begin();
        return index;
    }

    /// <summary>The stream drifted: sentinels from here on are of another era. By source only those of the source that drifted, where it is known.</summary>
    /// <param name="admitted">Samples admitted so far.</param>
    public void OpenEra(string source, long admitted) => _eras.Open(source.Length > 0 ? _sources.NumberOf(source) : null, admitted);

    /// <summary>The cycle learned what had been fresh.</summary>
    /// <param name="isRejected">What its model would make of the buffer counts for nothing then: what is new waits for the next one.</param>
    public void EndCycle(bool isRejected)
    {
        _inCycle.Clear();
        if (isRejected) _buffer.GiveBack();
        else _buffer.Settle();
    }

    /// <summary>The model found these redundant. Those that left meanwhile for another reason are passed over.</summary>
    public void Evict(JournalRecord.Evicted evicted)
    {
        foreach ((Modality modality, IReadOnlyList<SampleId> ids) in evicted.ByModality)
        {
            HashSet<long> leaving = [.. ids.Select(id => id.Sequence)];
            if (leaving.Count > 0) _buffer.Of(modality).RemoveAll(entry => leaving.Contains(entry.Id));
        }
    }

    /// <summary>The cycle's steps are void: what it should have learned is fresh again.</summary>
    public void AbandonCycle()
    {
        _fresh.TakeOver(_inCycle);
        _buffer.GiveBack();
    }

    /// <summary>Forgets all that came at or after a position. Texts of sentinels stay known: they were never to be trained on.</summary>
    public void DropSince(long position)
    {
        RemoveAll(entry => entry.IsSince(position));
        _keyPairing.RemoveAll(id => id >= position);
        _timePairing.RemoveAll(id => id >= position);
    }

    /// <summary>Distinct samples of the buffer that came at or after a position.</summary>
    public int CountSince(long position)
    {
        var ids = new HashSet<long>();
        _buffer.CollectLive(ids);
        return ids.Count(id => id >= position);
    }

    /// <summary>Forgets some samples and the pairs that they are part of.</summary>
    public void Remove(IReadOnlySet<long> ids)
    {
        if (ids.Count == 0) return;
        RemoveAll(entry => ids.Contains(entry.Id) || ids.Contains(entry.OtherId));
        _keyPairing.RemoveAll(ids.Contains);
        _timePairing.RemoveAll(ids.Contains);
    }

    public void CollectLive(ISet<long> ids)
    {
        _buffer.CollectLive(ids);
        _fresh.CollectLive(ids);
        _inCycle.CollectLive(ids);
        _eras.CollectLive(ids);
        _keyPairing.CollectLive(ids);
        _timePairing.CollectLive(ids);
    }

    public void Save(BinaryWriter to)
    {
        to.Write(PairsFound);
        _sources.Save(to);
        _sentinelTexts.Save(to);
        _buffer.Save(to);
        _fresh.Save(to);
        _inCycle.Save(to);
        _eras.Save(to);
        _keyPairing.Save(to);
        _timePairing.Save(to);
    }

    public void Load(BinaryReader from)
    {
        PairsFound = from.ReadInt64();
        _sources.Load(from);
        _sentinelTexts.Load(from);
        _buffer.Load(from);
        _fresh.Load(from);
        _inCycle.Load(from);
        _eras.Load(from);
        _keyPairing.Load(from);
        _timePairing.Load(from);
    }

    private static ReservoirTrio FreshTrio(ReplayOptions options) => new(
        new Reservoir(options.FreshMax, options.FreshBytesMax),
        new Reservoir(options.FreshMax, options.FreshBytesMax),
        new Reservoir(options.FreshMax, options.FreshBytesMax));

    private void Keep(Modality modality, Entry entry, bool isSentinel, long admittedBefore, Half half)
    {
        if (isSentinel)
        {
            _eras.Of(admittedBefore, half.TimeMs, half.Source).Sentinels.Of(modality).Offer(entry);
            return;
        }

        _buffer.Of(modality).Offer(entry);
        _fresh.Of(modality).Offer(entry);
    }

    private Entry Single(Half half, Modality modality) =>
        new(half.Id, half.Id, Reservoir.PriorityOf(_seed, half.Ordinal, modality), half.Bytes, half.TextHash, half.Source, half.TimeMs);

    // A frame has at most one text, so its number also names the pair.
    private Entry Joined(FoundPair pair) => new(
        pair.Frame.Id, pair.Text.Id, Reservoir.PriorityOf(_seed, pair.Frame.Ordinal, Modality.Pair),
        pair.Frame.Bytes + pair.Text.Bytes, pair.Text.TextHash, pair.Frame.Source, pair.Frame.TimeMs);

    private void RemoveAll(Predicate<Entry> match)
    {
        _buffer.RemoveAll(match);
        _fresh.RemoveAll(match);
        _inCycle.RemoveAll(match);
        _eras.RemoveAll(match);
    }
}
