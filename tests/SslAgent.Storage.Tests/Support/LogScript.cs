namespace SslAgent.Storage.Tests.Support;

/// <summary>A record log on a simulated disk, with records whose content follows from their number.</summary>
internal static class LogScript
{
    public const string Directory = "/journal";

    public static RecordLogSettings Settings(long segmentBytes = 1 << 20) => new(Directory, "samples", 1, segmentBytes, 1 << 20);

    public static RecordLog Open(IDisk disk, long segmentBytes = 1 << 20) => RecordLog.Open(disk, Settings(segmentBytes), TimeProvider.System);

    /// <summary>Between 0 and 199 bytes, and now and then a few thousand.</summary>
    public static byte[] Payload(long sequence)
    {
        var chance = new Random((int)sequence * 7919);
        byte[] payload = new byte[chance.Next(10) == 0 ? chance.Next(5000) : chance.Next(200)];
        chance.NextBytes(payload);
        return payload;
    }

    public static void Append(RecordLog log, long first, long last)
    {
        for (long sequence = first; sequence <= last; sequence++) log.Append(sequence, (ushort)(sequence % 5), Payload(sequence));
    }

    /// <summary>Reads everything durable and checks each record's content; returns the numbers.</summary>
    public static List<long> ReadAll(RecordLog log, long from = 0) => ReadAll(log, from, out _);

    public static List<long> ReadAll(RecordLog log, long from, out IReadOnlyList<DamagedRange> damaged)
    {
        using RecordCursor cursor = log.Scan(from);
        var sequences = new List<long>();
        while (cursor.MoveNext())
        {
            sequences.Add(cursor.Current.Sequence);
            Assert.Equal((ushort)(cursor.Current.Sequence % 5), cursor.Current.Kind);
            Assert.Equal(Payload(cursor.Current.Sequence), cursor.Current.Payload.ToArray());
        }

        damaged = cursor.Damaged;
        return sequences;
    }

    public static byte[]? Find(RecordLog log, long sequence) =>
        log.TryRead(sequence, static (_, payload) => payload.ToArray(), out byte[]? payload) ? payload : null;

    public static IEnumerable<long> Range(long first, long last)
    {
        for (long sequence = first; sequence <= last; sequence++) yield return sequence;
    }
}
