using SslAgent.Domain;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>The oracle is only worth something if it catches a liar: each way of lying is tried on it.</summary>
public sealed class JournalOracleTests
{
    private static readonly byte[] Bad = [0xFF, 0xD8, 0xFF];

    private readonly List<ProducedMessage> _sent = [Good(0), Good(1), Refused(2), Good(3)];

    [Fact]
    public void A_true_journal_has_no_faults()
    {
        OracleReport report = Compare(Text(0), Text(1), Reject(2), Retry(3));
        Assert.True(report.Faults.Count == 0, report.ToString());
        Assert.Equal((2, 4, new SourceOffset("t", 0, 0, 2)), (report.Admitted, report.Delivered, report.Rejected.Single()));
    }

    [Fact]
    public void A_message_that_is_missing_is_found() => Assert.Equal(["t/0@1 was sent and is not in the journal"], Compare(Text(0), Reject(2), Text(3)).Faults);

    [Fact]
    public void A_message_that_went_elsewhere_is_none_that_is_missing() =>
        Assert.Empty(JournalOracle.Compare(_sent, [Text(0), Text(3)], [new Elsewhere("t", 0, 1, 3)], _ => true).Faults);

    [Fact]
    public void A_message_twice_in_one_epoch_is_found() => Assert.Single(Compare(Text(0), Text(1), Text(1), Reject(2), Text(3)).Faults);

    [Fact]
    public void A_message_in_two_epochs_is_no_fault_and_is_counted()
    {
        OracleReport report = Compare(Text(0), Text(1), Reject(2), Text(3), new JournalRecord.EpochOpened("t", 0, 1, 3, "reset"), Text(3, epoch: 1));
        Assert.Empty(report.Faults);
        Assert.Equal((1, 1), (report.SeenAgain, report.Epochs.Count));
    }

    [Fact]
    public void Another_content_is_found() => Assert.Single(Compare(Text(0), Text(1, "line 2"), Reject(2), Text(3)).Faults);

    [Fact]
    public void A_caption_that_changes_sides_is_another_content() =>
        Assert.NotEqual(ProducerLog.ContentDigestOf([1, 2], [3]), ProducerLog.ContentDigestOf([1], [2, 3]));

    [Fact]
    public void Bad_input_admitted_and_good_input_refused_are_found() =>
        Assert.Equal(2, Compare(Text(0), new JournalRecord.Rejected(Delivered(1, "line 1"u8.ToArray()), new Rejection("text", "no")), Text(2), Text(3)).Faults.Count);

    [Fact]
    public void A_refused_value_that_changed_is_found() =>
        Assert.Single(Compare(Text(0), Text(1), new JournalRecord.Rejected(Delivered(2, [1]), new Rejection("frame", "no")), Text(3)).Faults);

    [Fact]
    public void A_stranger_is_found_unless_it_is_a_repetition_that_was_not_learned()
    {
        Assert.Single(Compare(Text(0), Text(1), Reject(2), Text(3), Text(4)).Faults);
        Assert.Empty(Compare(Text(0), Text(1), Reject(2), Text(3), Retry(4), Reject(5)).Faults);
    }

    private OracleReport Compare(params JournalRecord[] journal) => JournalOracle.Compare(_sent, journal, [], _ => true);

    private static ProducedMessage Good(int offset) =>
        new("t", 0, offset, ProducerLog.DigestOf([(byte)offset]), ProducerLog.ContentDigestOf(null, Line(offset)));

    private static ProducedMessage Refused(int offset) => new("t", 0, offset, ProducerLog.DigestOf(Bad), null);

    private static byte[] Line(int number) => System.Text.Encoding.UTF8.GetBytes($"line {number}");

    private static JournalRecord.Admitted Text(int offset, string? words = null, int epoch = 0) => new(
        new Sample(new SourceOffset("t", 0, epoch, offset), "s", 0, null, null, null, new Text(System.Text.Encoding.UTF8.GetBytes(words ?? $"line {offset}"))),
        IsSentinel: false);

    private static JournalRecord.Rejected Reject(int offset) => new(Delivered(offset, Bad), new Rejection("frame", "no"));

    private static JournalRecord.Skipped Retry(int offset) => new(new SourceOffset("t", 0, 0, offset), "s", SkipReason.ProducerRetry);

    private static Delivery Delivered(int offset, byte[] value) => new(new SourceOffset("t", 0, 0, offset), 0, null, value, []);
}
