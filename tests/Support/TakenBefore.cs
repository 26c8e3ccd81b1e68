using SslAgent.Domain;

namespace SslAgent.Support;

/// <summary>
/// What a journal has taken in and was told so far, record by record: from that follows whether a good message may be passed over. The streams of the tests
/// have no deletion markers, and no source of theirs is thinned out or limited in rate.
/// </summary>
internal sealed class TakenBefore
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sentinelTexts = new(StringComparer.Ordinal);
    private readonly List<DeniedRange> _denied = [];

    public void Add(JournalRecord record)
    {
        if (record is JournalRecord.RolledBack back) _denied.AddRange(back.Denied);
        if (record is not JournalRecord.Admitted { Sample: var sample } admitted) return;
        if (ProducerLog.KeyOf(sample.Source, sample.Id) is { } key) _keys.Add(key);
        if (admitted.IsSentinel && sample.Text is { } text) _sentinelTexts.Add(ProducerLog.DigestOf(text.Utf8));
    }

    /// <summary>Whether a message of this source and id was taken in.</summary>
    public bool Has(string? key) => key is not null && _keys.Contains(key);

    /// <summary>Why a good message may not be passed over for this reason, or null where it may.</summary>
    public string? Complaint(JournalRecord.Skipped skipped, ProducedMessage message) => skipped.Reason switch
    {
        SkipReason.ProducerRetry => Has(message.Key) ? null : "it is skipped as a producer's retry, and nothing of its source and id was taken in before",
        SkipReason.SentinelDuplicate => message.TextDigest is { } text && _sentinelTexts.Contains(text) ? null : "it is skipped as a sentinel's duplicate, and no sentinel has its text",
        SkipReason.Denied => _denied.Any(range => Holds(range, skipped.At)) ? null : "it is skipped as denied, and nobody denied it",
        _ => $"it was good and is skipped: {skipped.Reason}",
    };

    private static bool Holds(DeniedRange range, SourceOffset at) =>
        range.Topic == at.Topic && range.Partition == at.Partition && at.Offset >= range.From && at.Offset <= range.To;
}
