using SslAgent.Domain;

namespace SslAgent.Replay.Tests.Support;

/// <summary>
/// A stream as ugly as Kafka's: several partitions, repeated texts, pairs whose halves come in any order or never, producer retries,
/// bad messages, messages delivered again.
/// </summary>
internal sealed class RandomStream(int seed)
{
    private readonly Random _chance = new(seed);
    private readonly long[] _next = new long[3];
    private readonly List<Intake> _sent = [];
    private readonly List<(string Key, bool IsText)> _owed = [];
    private int _keys;

    public IEnumerable<Intake> Take(int count)
    {
        for (int i = 0; i < count; i++) yield return Next();
    }

    /// <summary>The same, going on behind what the ledger has of each partition.</summary>
    public IEnumerable<Intake> TakeBehind(ReplayLedger ledger, int count)
    {
        foreach (PartitionPosition position in ledger.Partitions) _next[position.Partition] = Math.Max(_next[position.Partition], position.NextOffset);
        return Take(count);
    }

    private Intake Next()
    {
        if (_sent.Count > 10 && _chance.Next(20) == 0) return _sent[_chance.Next(_sent.Count)];
        int partition = _chance.Next(_next.Length);
        SourceOffset at = Some.At(_next[partition], partition);
        _next[partition] += 1 + (_chance.Next(50) == 0 ? 3 : 0);
        Intake intake = _chance.Next(30) switch
        {
            0 => new Intake.Refused(new Delivery(at, 5, null, [1, 2, 3], []), new Rejection("decode", "not a message")),
            1 => new Intake.PassedOver(at, "host", (SkipReason)_chance.Next(3)),
            _ => new Intake.Accepted(Sample(at)),
        };
        _sent.Add(intake);
        return intake;
    }

    private Sample Sample(SourceOffset at)
    {
        string source = "source-" + _chance.Next(4);
        long timeMs = 1000L * at.Offset + _chance.Next(3000);
        string? id = _chance.Next(4) == 0 ? "id-" + _chance.Next(400) : null;
        (string? key, bool isText) = PairKey();
        return _chance.Next(10) == 0 && key is null
            ? new Sample(at, source, timeMs, id, null, Some.Frame(_chance.Next(200)), Some.Text("caption " + _chance.Next(60)))
            : new Sample(at, source, timeMs, id, key,
                isText ? null : Some.Frame(_chance.Next(200), 1 + _chance.Next(4)),
                isText ? Some.Text("line " + _chance.Next(300)) : null);
    }

    private (string? Key, bool IsText) PairKey()
    {
        if (_owed.Count > 0 && _chance.Next(3) == 0)
        {
            int at = _chance.Next(_owed.Count);
            (string key, bool isText) = _owed[at];
            _owed.RemoveAt(at);
            return (key, isText);
        }

        bool isTextFirst = _chance.Next(2) == 0;
        if (_chance.Next(3) > 0) return (null, isTextFirst);
        string fresh = "pair-" + _keys++;
        if (_chance.Next(4) > 0) _owed.Add((fresh, !isTextFirst));
        return (fresh, isTextFirst);
    }
}
