using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;

namespace SslAgent.Replay.Tests;

public sealed class AdmissionTests
{
    private static readonly ReplayOptions Options = Ledgers.Small with { SentinelOneIn = 0 };

    [Fact]
    public void A_message_delivered_again_changes_nothing()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        Assert.Equal(new AdmissionOutcome(AdmissionResult.Admitted, 0), ledger.Admit(Some.TextSample(7, "a")));
        string before = ledger.StateDigest();
        Assert.Equal(new AdmissionOutcome(AdmissionResult.Redelivered, -1), ledger.Admit(Some.TextSample(7, "a")));
        Assert.Equal(AdmissionResult.Redelivered, ledger.Admit(Some.TextSample(3, "b")).Result);
        Assert.Equal((before, 1L, 2L), (ledger.StateDigest(), ledger.Position, ledger.Stats().Redelivered));
        Assert.Equal(new PartitionPosition("stream", 0, 0, 8), Assert.Single(ledger.Partitions));
    }

    [Fact]
    public void A_new_epoch_counts_its_offsets_anew_and_late_messages_of_the_old_one_are_dropped()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        ledger.Admit(Some.TextSample(7, "a"));
        Assert.Equal(1, ledger.OpenEpoch("stream", 0, 0, "re-created"));
        Assert.Equal(new PartitionPosition("stream", 0, 1, 0), Assert.Single(ledger.Partitions));
        Assert.Equal(AdmissionResult.Redelivered, ledger.Admit(Some.TextSample(8, "b")).Result);
        Sample inNewEpoch = Some.TextSample(0, "c") with { At = Some.At(0, epoch: 1) };
        Assert.Equal(AdmissionResult.Admitted, ledger.Admit(inNewEpoch).Result);
        Assert.Throws<BrokenInvariantException>(() => ledger.Admit(inNewEpoch with { At = Some.At(1, epoch: 2) }));
    }

    [Fact]
    public void A_producers_retry_is_passed_over_within_the_window()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options with { RetryWindow = 2 });
        Assert.Equal(AdmissionResult.Admitted, ledger.Admit(Some.TextSample(0, "a", id: "1")).Result);
        Assert.Equal(AdmissionResult.Skipped, ledger.Admit(Some.TextSample(1, "a", id: "1")).Result);
        Assert.Equal(AdmissionResult.Admitted, ledger.Admit(Some.TextSample(2, "a", "another", id: "1")).Result);
        Assert.Equal(AdmissionResult.Admitted, ledger.Admit(Some.TextSample(3, "b", id: "2")).Result);
        Assert.Equal(AdmissionResult.Admitted, ledger.Admit(Some.TextSample(4, "a", id: "1")).Result);
        Assert.Equal(1, ledger.Stats().Skipped[SkipReason.ProducerRetry]);
    }

    [Fact]
    public void A_denied_stretch_is_passed_over_also_when_it_is_delivered_later()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        ledger.Decide(Some.RolledBack(0, ReplayRollback.Keep, new DeniedRange("stream", 0, 2, 3)));
        AdmissionResult[] results = [.. Enumerable.Range(0, 6).Select(i => ledger.Admit(Some.TextSample(i, "t" + i)).Result)];
        Assert.Equal([0, 0, 3, 3, 0, 0], results.Select(result => (int)result));
        Assert.Equal(2, ledger.Stats().Skipped[SkipReason.Denied]);
    }

    [Fact]
    public void Rejections_and_passed_over_messages_are_journalled_in_full()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        var refused = new Intake.Refused(new Delivery(Some.At(0), 9, [1], [2, 3], []), new Rejection("decode", "bad"));
        Assert.Equal(AdmissionResult.Rejected, ledger.Admit(refused).Result);
        Assert.Equal(AdmissionResult.Skipped, ledger.Admit(new Intake.PassedOver(Some.At(1), "host", SkipReason.Tombstone)).Result);
        ledger.Sync();
        List<NumberedRecord> records = ledger.ReadAll();
        Assert.Equal([2, 3], Assert.IsType<JournalRecord.Rejected>(records[0].Record).Delivery.Value!);
        Assert.Equal(new JournalRecord.Skipped(Some.At(1), "host", SkipReason.Tombstone), records[1].Record);
        Assert.Equal((1L, 1L), (ledger.Stats().Rejected, ledger.Stats().Skipped[SkipReason.Tombstone]));
    }

    [Fact]
    public void A_rewind_is_refused_before_anything_is_written()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        Assert.Throws<ControlRefusedException>(() => ledger.Decide(Some.RolledBack(0, ReplayRollback.Rewind)));
        Assert.Equal(0, ledger.Position);
    }
}
