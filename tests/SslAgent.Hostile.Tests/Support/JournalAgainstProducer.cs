using SslAgent.Domain;
using SslAgent.Hostile.Tests.Mutating;
using SslAgent.Replay;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>Reads the journal from disk and holds it against what was sent: each message once, with the fate that was reported, the refused ones whole.</summary>
internal static class JournalAgainstProducer
{
    private const int WholeOneIn = 23;

    public static void Hold(ReplayLedger ledger, HostileTally tally, long seed)
    {
        var numbers = new Dictionary<SourceOffset, long>((int)tally.Total);
        for (long number = 0; number < tally.Total; number++) numbers.Add(HostileStream.PlaceOf(number), number);
        using JournalCursor cursor = ledger.Read(0);
        while (cursor.MoveNext())
        {
            (SourceOffset at, AdmissionResult result) = FateOf(cursor.Current.Record);
            Assert.True(numbers.Remove(at, out long number), $"{at} is in the journal twice, or was never sent");
            Assert.Equal(tally.ResultOf(number), result);
            if (cursor.Current.Record is JournalRecord.Rejected rejected && number % WholeOneIn == 0) HoldWhole(HostileStream.Make(seed, number).Delivery, rejected);
        }

        Assert.Empty(cursor.Damaged);
        Assert.True(numbers.Count == 0, $"{numbers.Count} messages are not in the journal, {numbers.Keys.FirstOrDefault()} among them");
    }

    private static (SourceOffset At, AdmissionResult Result) FateOf(JournalRecord record) => record switch
    {
        JournalRecord.Admitted admitted => (admitted.Sample.At, admitted.IsSentinel ? AdmissionResult.Sentinel : AdmissionResult.Admitted),
        JournalRecord.Rejected rejected => (rejected.Delivery.At, AdmissionResult.Rejected),
        JournalRecord.Skipped skipped => (skipped.At, AdmissionResult.Skipped),
        _ => throw new InvalidOperationException($"nobody sent a {record.GetType().Name}"),
    };

    private static void HoldWhole(Delivery sent, JournalRecord.Rejected kept)
    {
        Verdicts.Hold(kept.Rejection);
        Assert.Equal(sent.TimeMs, kept.Delivery.TimeMs);
        Assert.Equal(sent.Key, kept.Delivery.Key);
        Assert.Equal(sent.Value, kept.Delivery.Value);
        Assert.Equal(sent.Headers.Select(header => header.Name), kept.Delivery.Headers.Select(header => header.Name));
        Assert.Equal(sent.Headers.Select(header => header.Value), kept.Delivery.Headers.Select(header => header.Value));
    }
}
