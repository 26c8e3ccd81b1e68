using SslAgent.Domain;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>The oracle is only worth something if it catches a liar: each way of lying is tried on it.</summary>
public sealed class JournalOracleTests
{
    private static readonly byte[] Bad = [0xFF, 0xD8, 0xFF];

    /// <summary>The last is the first once more, by its id.</summary>
    private readonly List<ProducedMessage> _sent = [Good(0), Good(1), Refused(2), Good(3, id: 0)];

    [Fact]
    public void A_true_journal_has_no_faults()
    {
        OracleReport report = Compare(Text(0), Text(1), Reject(2), Retry(3));
        Assert.True(report.Faults.Count == 0, report.ToString());
        Assert.Equal((2, 4, new SourceOffset("t", 0, 0, 2)), (report.Admitted, report.Delivered, report.Rejected.Single()));
    }

    [Fact]
    public void A_message_that_is_missing_is_found() => Assert.Equal(["t/0@1 was sent and is not in the journal"], Compare(Text(0), Reject(2), Retry(3)).Faults);

    [Fact]
    public void A_message_that_went_elsewhere_is_none_that_is_missing() =>
        Assert.Empty(JournalOracle.Compare(_sent, [Text(0), Retry(3)], [new Elsewhere("t", 0, 1, 3)], _ => true).Faults);

    [Fact]
    public void A_message_twice_in_one_epoch_is_found() => Assert.Single(Compare(Text(0), Text(1), Text(1), Reject(2), Retry(3)).Faults);

    [Fact]
    public void A_message_in_two_epochs_is_no_fault_and_is_counted()
    {
        OracleReport report = Compare(Text(0), Text(1), Reject(2), Retry(3), new JournalRecord.EpochOpened("t", 0, 1, 3, "reset"), Retry(3, epoch: 1));
        Assert.Empty(report.Faults);
        Assert.Equal((1, 1), (report.SeenAgain, report.Epochs.Count));
    }

    [Fact]
    public void Another_content_is_found() => Assert.Single(Compare(Text(0), Text(1, "line 2"), Reject(2), Retry(3)).Faults);

    [Fact]
    public void A_caption_that_changes_sides_is_another_content() =>
        Assert.NotEqual(ProducerLog.ContentDigestOf([1, 2], [3]), ProducerLog.ContentDigestOf([1], [2, 3]));

    [Fact]
    public void Bad_input_admitted_and_good_input_refused_are_found() =>
        Assert.Equal(2, Compare(Text(0), new JournalRecord.Rejected(Delivered(1, "line 1"u8.ToArray()), new Rejection("text", "no")), Text(2), Retry(3)).Faults.Count);

    [Fact]
    public void A_refused_value_that_changed_is_found() =>
        Assert.Single(Compare(Text(0), Text(1), new JournalRecord.Rejected(Delivered(2, [1]), new Rejection("frame", "no")), Retry(3)).Faults);

    [Fact]
    public void A_stranger_is_found_unless_it_is_a_repetition_that_was_not_learned()
    {
        Assert.Single(Compare(Text(0), Text(1), Reject(2), Retry(3), Text(4)).Faults);
        Assert.Empty(Compare(Text(0), Text(1), Reject(2), Retry(3), Retry(4), Reject(5)).Faults);
    }

    [Theory]
    [InlineData(SkipReason.ProducerRetry)]
    [InlineData(SkipReason.SentinelDuplicate)]
    [InlineData(SkipReason.Denied)]
    [InlineData(SkipReason.Tombstone)]
    [InlineData(SkipReason.SampledOut)]
    [InlineData(SkipReason.RateLimited)]
    public void A_journal_that_passes_every_good_message_over_is_found(SkipReason reason) =>
        Assert.Equal(3, Compare(Skip(0, reason), Skip(1, reason), Reject(2), Skip(3, reason)).Faults.Count);

    [Fact]
    public void A_retry_that_is_passed_over_before_there_is_anything_to_retry_is_found()
    {
        Assert.Single(Compare(Text(0), Skip(1, SkipReason.ProducerRetry), Reject(2), Retry(3)).Faults);
        // The first of the two, and then the second is learned.
        Assert.Single(Compare(Skip(0, SkipReason.ProducerRetry), Text(1), Reject(2), Text(3, id: 0)).Faults);
    }

    [Fact]
    public void A_retry_that_is_learned_once_more_is_found() => Assert.Single(Compare(Text(0), Text(1), Reject(2), Text(3, id: 0)).Faults);

    [Fact]
    public void Only_a_sentinels_text_may_be_passed_over_as_its_duplicate()
    {
        _sent[3] = Good(3, id: 3);
        ProducedMessage same = _sent[1] with { Offset = 4, Key = ProducerLog.KeyOf("s", "m4") };
        _sent.Add(same);
        JournalRecord.Skipped duplicate = Skip(4, SkipReason.SentinelDuplicate);
        Assert.Empty(Compare(Text(0), Text(1) with { IsSentinel = true }, Reject(2), Text(3), duplicate).Faults);
        Assert.Single(Compare(Text(0), Text(1), Reject(2), Text(3), duplicate).Faults);
        Assert.Single(Compare(Text(0) with { IsSentinel = true }, Text(1), Reject(2), Text(3), duplicate).Faults);
    }

    [Fact]
    public void Only_what_was_denied_before_may_be_passed_over_as_denied()
    {
        JournalRecord.RolledBack Denying(int from, int to) =>
            new(new ModelVersion(1), 0, new ModelVersion(2), ReplayRollback.Rewind, "poison", [new DeniedRange("t", 0, from, to)]);
        JournalRecord.Skipped denied = Skip(1, SkipReason.Denied);
        Assert.Empty(Compare(Text(0), Denying(1, 1), denied, Reject(2), Retry(3)).Faults);
        Assert.Single(Compare(Text(0), Denying(2, 3), denied, Reject(2), Retry(3)).Faults);
        Assert.Single(Compare(Text(0), denied, Denying(1, 1), Reject(2), Retry(3)).Faults);
    }

    private OracleReport Compare(params JournalRecord[] journal) => JournalOracle.Compare(_sent, journal, [], _ => true);

    private static ProducedMessage Good(int offset, int? id = null) =>
        new("t", 0, offset, ProducerLog.DigestOf([(byte)offset]), ProducerLog.ContentDigestOf(null, Line(id ?? offset)))
        {
            Key = ProducerLog.KeyOf("s", $"m{id ?? offset}"), TextDigest = ProducerLog.DigestOf(Line(id ?? offset)),
        };

    private static ProducedMessage Refused(int offset) => new("t", 0, offset, ProducerLog.DigestOf(Bad), null);

    private static byte[] Line(int number) => System.Text.Encoding.UTF8.GetBytes($"line {number}");

    private static JournalRecord.Admitted Text(int offset, string? words = null, int? id = null) => new(
        new Sample(new SourceOffset("t", 0, 0, offset), "s", 0, $"m{id ?? offset}", null, null, new Text(words is null ? Line(id ?? offset) : System.Text.Encoding.UTF8.GetBytes(words))),
        IsSentinel: false);

    private static JournalRecord.Rejected Reject(int offset) => new(Delivered(offset, Bad), new Rejection("frame", "no"));

    private static JournalRecord.Skipped Retry(int offset, int epoch = 0) => new(new SourceOffset("t", 0, epoch, offset), "s", SkipReason.ProducerRetry);

    private static JournalRecord.Skipped Skip(int offset, SkipReason reason) => new(new SourceOffset("t", 0, 0, offset), "s", reason);

    private static Delivery Delivered(int offset, byte[] value) => new(new SourceOffset("t", 0, 0, offset), 0, null, value, []);
}
