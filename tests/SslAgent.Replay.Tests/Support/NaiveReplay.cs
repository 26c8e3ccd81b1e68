using SslAgent.Domain;

namespace SslAgent.Replay.Tests.Support;

/// <summary>
/// What the replay state should hold, written the slow and obvious way over plain lists. Shares with the real one only the hash that
/// decides who is a sentinel and the priorities, which have tests of their own.
/// </summary>
internal sealed class NaiveReplay(ReplayOptions options)
{
    private readonly HashSet<SourceOffset> _delivered = [];
    private readonly Dictionary<(string, int), long> _next = [];
    private readonly List<(string Source, string Id)> _ids = [];
    private readonly List<string> _sentinelTexts = [];
    private readonly List<(string Key, List<Item> Frames, Item? Text)> _waiting = [];
    private readonly SentinelSplit _split = new(options, Some.Seed);
    private long _sequence;
    private long _admitted;

    public sealed record Item(long Sequence, long Ordinal, Sample Sample, bool IsSentinel);

    public sealed record Row(long Id, long OtherId, ulong Priority, long Bytes);

    public NaiveBuffer Frames { get; } = new(options.FramesMax, options.FrameBytesMax);

    public NaiveBuffer Texts { get; } = new(options.TextsMax, options.TextBytesMax);

    public NaiveBuffer Pairs { get; } = new(options.PairsMax, options.PairBytesMax);

    public NaiveBuffer FreshTexts { get; private set; } = new(options.FreshMax, options.FreshBytesMax);

    public SortedDictionary<long, NaiveBuffer> EraTexts { get; } = [];

    public SortedDictionary<long, NaiveBuffer> EraPairs { get; } = [];

    public AdmissionResult Admit(Intake intake)
    {
        SourceOffset at = intake.At;
        if (!_delivered.Add(at) || at.Offset < _next.GetValueOrDefault((at.Topic, at.Partition))) return AdmissionResult.Redelivered;
        _next[(at.Topic, at.Partition)] = at.Offset + 1;
        long sequence = _sequence++;
        if (intake is Intake.Refused) return AdmissionResult.Rejected;
        if (intake is not Intake.Accepted(var sample)) return AdmissionResult.Skipped;
        if (sample.Id is not null && _ids.Contains((sample.Source, sample.Id))) return AdmissionResult.Skipped;
        bool isSentinel = _split.IsSentinel(sample);
        if (!isSentinel && sample.Text is { } text && _sentinelTexts.Contains(text.ToString())) return AdmissionResult.Skipped;
        Keep(new Item(sequence, _admitted, sample, isSentinel));
        return isSentinel ? AdmissionResult.Sentinel : AdmissionResult.Admitted;
    }

    public void CycleStarted()
    {
        _sequence++;
        FreshTexts = new NaiveBuffer(options.FreshMax, options.FreshBytesMax);
    }

    public void OtherDecision() => _sequence++;

    public void Remove(Func<long, bool> match)
    {
        IEnumerable<NaiveBuffer> all = [Frames, Texts, Pairs, FreshTexts, .. EraTexts.Values, .. EraPairs.Values];
        foreach (NaiveBuffer buffer in all) buffer.Rows.RemoveAll(row => match(row.Id) || match(row.OtherId));
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            (string key, List<Item> frames, Item? text) = _waiting[i];
            frames.RemoveAll(frame => match(frame.Sequence));
            _waiting[i] = (key, frames, text is not null && match(text.Sequence) ? null : text);
            if (frames.Count == 0 && _waiting[i].Text is null) _waiting.RemoveAt(i);
        }
    }

    private void Keep(Item item)
    {
        if (item.Sample.Id is { } id) Remember(_ids, (item.Sample.Source, id), options.RetryWindow);
        if (item.IsSentinel && item.Sample.Text is { } text) Remember(_sentinelTexts, text.ToString(), options.SentinelTextsMax);
        long era = _admitted++ / options.EraSamples;
        if (item.Sample.Frame is not null) Offer(item, era, Frames, null, null, Row1(item, Modality.Frame, item.Sample.Frame.Rgb.Length));
        if (item.Sample.Text is not null) Offer(item, era, Texts, FreshTexts, EraTexts, Row1(item, Modality.Text, item.Sample.Text.Utf8.Length));
        foreach ((Item frame, Item caption) in Pair(item))
        {
            var row = new Row(
                frame.Sequence, caption.Sequence, Reservoir.PriorityOf(Some.Seed, frame.Ordinal, Modality.Pair),
                frame.Sample.Frame!.Rgb.Length + caption.Sample.Text!.Utf8.Length);
            Offer(item, era, Pairs, null, EraPairs, row);
        }
    }

    private List<(Item Frame, Item Text)> Pair(Item item)
    {
        if (item.Sample.Modality == Modality.Pair) return [(item, item)];
        if (item.Sample.PairKey is not { } key) return [];
        int at = _waiting.FindIndex(waiting => waiting.Key == key);
        if (at >= 0 && item.Sample.Text is not null && _waiting[at].Frames.Count > 0)
        {
            Item frame = _waiting[at].Frames[0];
            _waiting.RemoveAt(at);
            return [(frame, item)];
        }

        if (at >= 0 && item.Sample.Frame is not null && _waiting[at].Text is { } text)
        {
            _waiting.RemoveAt(at);
            return [(item, text)];
        }

        if (at < 0) _waiting.Add((key, [], null));
        at = at < 0 ? _waiting.Count - 1 : at;
        _waiting[at] = item.Sample.Text is null ? (key, [item], _waiting[at].Text) : (key, _waiting[at].Frames, item);
        if (_waiting.Count > options.LateHalvesMax) _waiting.RemoveAt(0);
        return [];
    }

    private void Offer(Item item, long era, NaiveBuffer buffer, NaiveBuffer? fresh, SortedDictionary<long, NaiveBuffer>? eras, Row row)
    {
        if (!item.IsSentinel)
        {
            buffer.Offer(row);
            fresh?.Offer(row);
        }
        else if (eras is not null)
        {
            if (!eras.TryGetValue(era, out NaiveBuffer? kept)) eras[era] = kept = new NaiveBuffer(options.EraSentinelsMax, long.MaxValue);
            kept.Offer(row);
        }
    }

    private static Row Row1(Item item, Modality modality, long bytes) =>
        new(item.Sequence, item.Sequence, Reservoir.PriorityOf(Some.Seed, item.Ordinal, modality), bytes);

    private static void Remember<T>(List<T> list, T value, int max)
    {
        if (list.Contains(value)) return;
        list.Add(value);
        if (list.Count > max) list.RemoveAt(0);
    }

    /// <summary>A bounded buffer by sorting.</summary>
    internal sealed class NaiveBuffer(int countMax, long bytesMax)
    {
        private ulong _threshold = ulong.MaxValue;

        public List<Row> Rows { get; } = [];

        public IEnumerable<(long, long)> Ids => Rows.Select(row => (row.Id, row.OtherId)).Order();

        public void Offer(Row row)
        {
            if (row.Priority >= _threshold || row.Bytes > bytesMax) return;
            Rows.Add(row);
            Rows.Sort((left, right) => left.Priority.CompareTo(right.Priority));
            while (Rows.Count > countMax || Rows.Sum(kept => kept.Bytes) > bytesMax)
            {
                _threshold = Rows[^1].Priority;
                Rows.RemoveAt(Rows.Count - 1);
            }
        }
    }
}
