using System.Globalization;

namespace SslAgent.Replay;

/// <summary>
/// Sentinels by era: a uniform, bounded sample of each. Eras are numbered in order of their first sentinel (by count: by their place in the
/// stream) and keep their number for ever. Beyond the bound the era goes whose neighbours are closest, never the first nor the newest:
/// what stays is spread over the whole past. A drift ends the era that it happens in. No era is filled for ever, since only one that is full asks the same question of every
/// version: a source that goes on speaking has its next era after so many of its samples. Not thread-safe.
/// </summary>
internal sealed class EraTable(ReplayOptions options, SourceTable sources)
{
    private const string FromSample = ", from sample ";

    private readonly SortedDictionary<int, EraSentinels> _eras = [];
    private readonly Dictionary<long, int> _numbers = [];
    private int _next;

    // Eras by count that a drift cut off early, and where the last of them was: numbers stay dense.
    private int _cut;
    private long _cutAt;

    public int Count => _eras.Count;

    /// <summary>Eras that went for lack of room.</summary>
    public int Dropped { get; private set; }

    public IEnumerable<EraSentinels> All => _eras.Values;

    /// <summary>The era of a sentinel admitted as the so-manieth sample.</summary>
    public EraSentinels Of(long admittedBefore, long timeMs, int source)
    {
        long key = options.EraBy switch
        {
            EraGrouping.Count => admittedBefore / options.EraSamples,
            EraGrouping.Time => (long)Math.Floor(timeMs / options.EraDuration.TotalMilliseconds),
            _ => source,
        };
        if (options.EraBy == EraGrouping.Source && IsFull(key)) _numbers.Remove(key);
        int number = NumberOf(key);
        if (!_eras.TryGetValue(number, out EraSentinels? era))
        {
            _eras[number] = era = new EraSentinels(number, Distinct(NameOf(key), admittedBefore), options);
            Thin(keep: number);
        }

        return era;
    }

    /// <summary>What comes from here on is of another era than what came before.</summary>
    /// <param name="source">The source that drifted; null where it is not known.</param>
    /// <param name="admitted">Samples admitted so far.</param>
    public void Open(int? source, long admitted)
    {
        switch (options.EraBy)
        {
            case EraGrouping.Count:
                // At an era's own beginning there is nothing to cut off.
                if (admitted % options.EraSamples == 0 || admitted == _cutAt) break;
                _cut++;
                _cutAt = admitted;
                break;
            case EraGrouping.Time:
                if (_numbers.Count > 0) _numbers.Remove(_numbers.Keys.Max());
                break;
            default:
                if (source is { } drifted) _numbers.Remove(drifted);
                else _numbers.Clear();
                break;
        }
    }

    public int RemoveAll(Predicate<Entry> match) => _eras.Values.Sum(era => era.Sentinels.RemoveAll(match));

    public void CollectLive(ISet<long> ids)
    {
        foreach (EraSentinels era in _eras.Values) era.Sentinels.CollectLive(ids);
    }

    public void Save(BinaryWriter to)
    {
        to.Write(_next);
        to.Write(Dropped);
        to.Write(_cut);
        to.Write(_cutAt);
        to.Write(_numbers.Count);
        foreach ((long key, int number) in _numbers.OrderBy(entry => entry.Key))
        {
            to.Write(key);
            to.Write(number);
        }

        to.Write(_eras.Count);
        foreach (EraSentinels era in _eras.Values)
        {
            to.Write(era.Number);
            to.Write(era.Name);
            era.Sentinels.Save(to);
        }
    }

    public void Load(BinaryReader from)
    {
        _next = from.ReadInt32();
        Dropped = from.ReadInt32();
        _cut = from.ReadInt32();
        _cutAt = from.ReadInt64();
        for (int left = from.ReadInt32(); left > 0; left--) _numbers[from.ReadInt64()] = from.ReadInt32();
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            var era = new EraSentinels(from.ReadInt32(), from.ReadString(), options);
            era.Sentinels.Load(from);
            _eras[era.Number] = era;
        }
    }

    private int NumberOf(long key)
    {
        // By count the key is dense already. Otherwise only eras that are kept remember theirs: a dropped one that comes back is new.
        if (options.EraBy == EraGrouping.Count) return (int)key + _cut;
        if (!_numbers.TryGetValue(key, out int number)) _numbers[key] = number = _next++;
        return number;
    }

    /// <summary>One of so many samples is a sentinel, so that many stand behind those that were offered.</summary>
    private bool IsFull(long source) =>
        _numbers.TryGetValue(source, out int number) && _eras.TryGetValue(number, out EraSentinels? era) && era.Offered * options.SentinelOneIn >= options.EraSamples;

    private string NameOf(long key) => options.EraBy switch
    {
        EraGrouping.Count => CountName(key * options.EraSamples, (key + 1) * options.EraSamples - 1),
        EraGrouping.Time => TimeName(key),
        _ => sources.NameOf((int)key),
    };

    /// <summary>A source that filled an era, or a source or a stretch of time that a drift divided, has several.</summary>
    private string Distinct(string name, long admittedBefore) =>
        _eras.Values.Any(era => era.Name == name || era.Name.StartsWith(name + FromSample, StringComparison.Ordinal))
            ? string.Create(CultureInfo.InvariantCulture, $"{name}{FromSample}{admittedBefore}")
            : name;

    private string CountName(long from, long to) => _cutAt > from && _cutAt <= to
        ? string.Create(CultureInfo.InvariantCulture, $"samples {_cutAt} to {to}, after a drift")
        : string.Create(CultureInfo.InvariantCulture, $"samples {from} to {to}");

    private string TimeName(long key)
    {
        // Message time comes from outside and may lie beyond what a calendar holds.
        double fromMs = key * options.EraDuration.TotalMilliseconds;
        bool isOnCalendar = fromMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            && fromMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        if (!isOnCalendar) return string.Create(CultureInfo.InvariantCulture, $"from {fromMs} ms");
        DateTimeOffset from = DateTimeOffset.FromUnixTimeMilliseconds((long)fromMs);
        return string.Create(CultureInfo.InvariantCulture, $"from {from:yyyy-MM-dd HH:mm:ss}");
    }

    private void Thin(int keep)
    {
        while (_eras.Count > options.ErasMax)
        {
            int[] numbers = [.. _eras.Keys];
            int dropped = Enumerable.Range(1, numbers.Length - 2).Where(i => numbers[i] != keep)
                .MinBy(i => (long)numbers[i + 1] - numbers[i - 1]);
            _eras.Remove(numbers[dropped]);
            long[] keys = [.. _numbers.Where(entry => entry.Value == numbers[dropped]).Select(entry => entry.Key)];
            foreach (long key in keys) _numbers.Remove(key);
            Dropped++;
        }
    }
}

/// <summary>One era's sentinels.</summary>
internal sealed class EraSentinels(int number, string name, ReplayOptions options)
{
    public int Number => number;

    public string Name => name;

    /// <summary>Of the modality that had most, those included that found no room.</summary>
    public long Offered => Math.Max(Math.Max(Ever(Sentinels.Frames), Ever(Sentinels.Texts)), Ever(Sentinels.Pairs));

    public ReservoirTrio Sentinels { get; } = new(
        new Reservoir(options.EraSentinelsMax, long.MaxValue),
        new Reservoir(options.EraSentinelsMax, long.MaxValue),
        new Reservoir(options.EraSentinelsMax, long.MaxValue));

    private static long Ever(Reservoir reservoir) => reservoir.Count + reservoir.Evicted;
}
