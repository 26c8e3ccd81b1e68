using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Support;

/// <summary>A stretch of offsets that an agent was not meant to see: from the first up to, not including, the second.</summary>
internal sealed record Elsewhere(string Topic, int Partition, long From, long To)
{
    public bool Holds(ProducedMessage message) =>
        message.Topic == Topic && message.Partition == Partition && message.Offset >= From && message.Offset < To;
}

/// <summary>
/// The outside oracle: holds a stopped agent's journal against the producer's own log. Every message that the broker acknowledged is in the
/// journal, each (topic, partition, epoch, offset) once, with the content that was sent; what is refused is kept as it was sent, and what is passed
/// over has a reason that the stream gave (<see cref="TakenBefore"/>). It shares no code with the agent's fold and reads a copy, so it changes nothing. It asks for the whole journal: none of its segments may have been retired, and
/// frames must be sent as rgb8 at the stored size, texts as cleaning leaves them, or no digest can agree.
/// </summary>
internal static class JournalOracle
{
    /// <param name="produced">All that was acknowledged (of one incarnation of the topics; see <paramref name="isOfThisLog"/>).</param>
    /// <param name="elsewhere">What went to another member of the group, or was passed over by an operator's order.</param>
    /// <param name="isOfThisLog">Which journal records this log speaks of: where a topic was made anew, its epochs are another log's. Default all.</param>
    public static OracleReport Compare(
        IReadOnlyCollection<ProducedMessage> produced, string journalDirectory, IReadOnlyCollection<Elsewhere>? elsewhere = null,
        Func<SourceOffset, bool>? isOfThisLog = null) =>
        Compare(produced, Read(journalDirectory), elsewhere ?? [], isOfThisLog ?? (_ => true));

    public static OracleReport Compare(
        IReadOnlyCollection<ProducedMessage> produced, IEnumerable<JournalRecord> journal, IReadOnlyCollection<Elsewhere> elsewhere,
        Func<SourceOffset, bool> isOfThisLog)
    {
        var sent = new Dictionary<(string, int, long), ProducedMessage>();
        var report = new OracleReport();
        foreach (ProducedMessage message in produced)
        {
            if (!sent.TryAdd((message.Topic, message.Partition, message.Offset), message)) report.Faults.Add($"the log has {message} twice");
        }

        HashSet<string> values = [.. produced.Select(message => message.ValueDigest)];
        var seen = new HashSet<SourceOffset>();
        var found = new HashSet<(string, int, long)>();
        var before = new TakenBefore();
        foreach (JournalRecord record in journal)
        {
            if (record is JournalRecord.EpochOpened opened) report.Epochs.Add(opened);
            if (CoordinatesOf(record) is { } at && isOfThisLog(at)) Take(record, at);
            before.Add(record);
        }

        report.Faults.AddRange(sent.Where(entry => !found.Contains(entry.Key) && !elsewhere.Any(stretch => stretch.Holds(entry.Value)))
            .Select(entry => entry.Key).Order().Select(at => $"{at.Item1}/{at.Item2}@{at.Item3} was sent and is not in the journal"));
        return report;

        void Take(JournalRecord record, SourceOffset at)
        {
            bool isTwice = !seen.Add(at);
            if (isTwice) report.Faults.Add($"{at} is in the journal twice");
            if (!found.Add((at.Topic, at.Partition, at.Offset))) report.SeenAgain++;
            if (isTwice) return;
            if (sent.TryGetValue((at.Topic, at.Partition, at.Offset), out ProducedMessage? message)) report.Fault(at, Judge(record, message, before));
            else report.Fault(at, IsRepetition(record, values) ? null : "it is in the journal and was never sent");
            report.Count(record, at);
        }
    }

    /// <summary>All records, read from a copy of the directory.</summary>
    public static IReadOnlyList<JournalRecord> Read(string journalDirectory)
    {
        string copy = Directory.CreateTempSubdirectory("sslagent-oracle-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(journalDirectory)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            using Journal journal = Journal.Open(LocalDisk.Instance, copy, new ReplayOptions(), TimeProvider.System);
            using JournalCursor cursor = journal.Read(0);
            var records = new List<JournalRecord>();
            while (cursor.MoveNext()) records.Add(cursor.Current.Record);
            return cursor.Damaged.Count == 0 ? records : throw new InvalidDataException($"the journal is damaged: {string.Join("; ", cursor.Damaged)}");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>
    /// A client whose connection broke repeats what the broker may have taken already, and learns the later offset only: such a message may be in
    /// the journal as a retry that was dropped, or refused once more, and never as something learned.
    /// </summary>
    private static bool IsRepetition(JournalRecord record, HashSet<string> values) =>
        record is JournalRecord.Skipped { Reason: SkipReason.ProducerRetry }
        || (record is JournalRecord.Rejected rejected && values.Contains(ProducerLog.DigestOf(rejected.Delivery.Value)));

    private static SourceOffset? CoordinatesOf(JournalRecord record) => record switch
    {
        JournalRecord.Admitted admitted => admitted.Sample.At,
        JournalRecord.Rejected rejected => rejected.Delivery.At,
        JournalRecord.Skipped skipped => skipped.At,
        _ => null,
    };

    private static string? Judge(JournalRecord record, ProducedMessage message, TakenBefore before)
    {
        switch (record)
        {
            case JournalRecord.Admitted { Sample: var sample }:
                if (message.ContentDigest is null) return "it was to be refused and is admitted";
                if (before.Has(message.Key)) return "it is a producer's retry and is admitted once more";
                return ProducerLog.ContentDigestOf(sample.Frame?.Rgb, sample.Text?.Utf8) == message.ContentDigest ? null : "its content is not what was sent";
            case JournalRecord.Rejected { Delivery: var delivery, Rejection: var rejection }:
                if (message.ContentDigest is not null) return $"it was good and is refused: {rejection.Reason}";
                return ProducerLog.DigestOf(delivery.Value) == message.ValueDigest ? null : "it is refused, and kept otherwise than it was sent";
            case JournalRecord.Skipped skipped:
                return message.ContentDigest is null ? "it was to be refused and is skipped" : before.Complaint(skipped, message);
            default:
                return $"a message does not become a {record.GetType().Name}";
        }
    }
}
