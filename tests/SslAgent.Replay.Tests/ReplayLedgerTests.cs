using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests;

public sealed class ReplayLedgerTests(ITestOutputHelper output)
{
    private static readonly ReplayOptions Options = Ledgers.Small with { SentinelOneIn = 4, FramesMax = 1000, FrameBytesMax = 1 << 20, TextsMax = 1000, TextBytesMax = 1 << 20 };

    [Fact]
    public void After_a_crash_it_is_the_fold_of_what_was_durable()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        foreach (Intake intake in new RandomStream(31).Take(500)) ledger.Admit(intake);
        IReadOnlyList<PartitionPosition> committed = ledger.Sync();
        string digest = ledger.StateDigest();
        foreach (Intake intake in new RandomStream(32).Take(50)) ledger.Admit(intake);
        using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash());
        Assert.Equal(digest, recovered.StateDigest());
        Assert.Equal(committed, recovered.Partitions);
        Assert.Equal(recovered.Position, recovered.Recovery.RecordsFolded);
    }

    [Fact]
    public void Recovered_from_a_saved_state_it_is_the_same_as_folded_from_the_beginning()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        var stream = new RandomStream(33);
        foreach (Intake intake in stream.Take(300)) ledger.Admit(intake);
        ledger.StartCycle(Some.CycleStarted(1));
        MemoryStream saved = ledger.SaveState();
        foreach (Intake intake in stream.Take(300)) ledger.Admit(intake);
        ledger.Decide(Some.CycleEnded(1, 1));
        ledger.Sync();

        var seen = new List<long>();
        using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash(), saved: saved, observe: (record, _) => seen.Add(record.Sequence));

        Assert.Equal(ledger.StateDigest(), recovered.StateDigest());
        Assert.Equal(recovered.Recovery.FromPosition, seen[0]);
        Assert.Equal(ledger.Position - 1, seen[^1]);
        using ReplayLedger fromTheBeginning = Ledgers.Open(disk.AfterCrash());
        Assert.Equal(ledger.StateDigest(), fromTheBeginning.StateDigest());
    }

    [Fact]
    public void Retiring_gives_the_disk_back_and_everything_live_can_still_be_read()
    {
        var disk = new SimulatedDisk();
        ReplayOptions options = Ledgers.Small;
        using ReplayLedger ledger = Ledgers.Open(disk, options);
        var stream = new RandomStream(38);
        for (int i = 0; i < 10; i++)
        {
            foreach (Intake intake in stream.Take(800)) ledger.Admit(intake);
            ledger.Sync();
        }

        long before = ledger.Stats().JournalBytes;
        Assert.Equal(0, ledger.Retire(new HashSet<long>(), ledger.Position, CancellationToken.None).BytesFreed);
        ledger.Decide(new JournalRecord.TokenizerFrozen([1], 1, 1));

        RetireReport report = ledger.Retire(new HashSet<long>(), ledger.Position, CancellationToken.None);

        output.WriteLine($"{before} bytes, {report}");
        Assert.True(report.BytesFreed > before / 2);
        // One segment of decisions more, with two records: the frozen tokenizer and the horizon.
        Assert.Equal(before + 48 + 28 + (4 + 8 + 1 + 1) + 28 + (8 + 1 + "retention".Length) - report.BytesFreed, ledger.Stats().JournalBytes);
        MemoryStream saved = ledger.SaveState();
        using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash(), options, saved);
        TrainingView view = recovered.Start(1);
        foreach (Modality modality in Enum.GetValues<Modality>())
        {
            Assert.Equal(view.Available.Of(modality), view.Draw(modality, view.Available.Of(modality), new DrawKey(1, 1, 0, ChanceStream.Sampling)).Count);
        }

        foreach (Era era in recovered.Sentinels().Eras) Assert.Equal(era.Frames, recovered.Sentinels().Read(era.Number, Modality.Frame, 1000).Count);
        Assert.Equal(0, recovered.Retire(new HashSet<long>(), recovered.Position, CancellationToken.None).BytesFreed);
    }

    [Fact]
    public void Nothing_at_or_behind_the_horizon_and_nothing_a_retained_version_needs_is_retired()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Ledgers.Small with { SegmentBytes = 1 << 16 });
        ledger.Decide(new JournalRecord.TokenizerFrozen([1], 1, 1));
        foreach (Intake intake in new RandomStream(39).Take(6000)) ledger.Admit(intake);
        ledger.Sync();
        List<NumberedRecord> all = ledger.ReadAll();
        long horizon = ledger.Position / 2;
        var needed = new HashSet<long>(Enumerable.Range(1, 50).Select(i => i * 7L));
        ledger.Retire(needed, horizon, CancellationToken.None);
        HashSet<long> left = [.. ledger.ReadAll().Select(record => record.Sequence)];
        Assert.True(left.Count < all.Count);
        Assert.Superset(all.Select(record => record.Sequence).Where(sequence => sequence >= horizon || needed.Contains(sequence)).ToHashSet(), left);
    }

    [Fact]
    public void The_tokenizers_text_is_the_first_training_text_in_order()
    {
        using ReplayLedger ledger = Ledgers.OpenNew(Options);
        var expected = new List<string>();
        for (int i = 0; i < 200; i++)
        {
            if (ledger.Admit(Some.TextSample(i, "line number " + i)).Result == AdmissionResult.Admitted) expected.Add("line number " + i);
        }

        string[] read = [.. ledger.ReadTextsForTokenizer(1000, passesOverBadSectors: false, CancellationToken.None).Select(text => text.ToString())];
        Assert.Equal(expected.Take(read.Length), read);
        Assert.InRange(read.Sum(text => text.Length), 1000, 1020);
        Assert.Equal(expected.Sum(text => text.Length), ledger.Stats().TextBytesAdmitted);
    }

    [Fact]
    public void A_state_ahead_of_a_journal_that_lost_its_end_is_believed_and_numbers_are_not_used_twice()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk);
        foreach (Intake intake in new RandomStream(40).Take(100)) ledger.Admit(intake);
        MemoryStream saved = ledger.SaveState();
        using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash(), saved: saved);
        Assert.Equal((ledger.Position, ledger.Position), (recovered.Recovery.RecordsMissing, recovered.Position));
        Assert.Equal(ledger.StateDigest(), recovered.StateDigest());
    }

    [Fact]
    public void Damage_is_told_and_the_rest_is_folded()
    {
        var disk = new SimulatedDisk();
        using (ReplayLedger ledger = Ledgers.Open(disk))
        {
            for (int i = 0; i < 50; i++)
            {
                ledger.Admit(Some.TextSample(i, "line " + i));
                ledger.Sync();
            }
        }

        string path = "/journal/samples-0000000000000000.seg";
        byte[] bytes = disk.Get(path);
        bytes[500] ^= 8;
        disk.Put(path, bytes);
        using ReplayLedger recovered = Ledgers.Open(disk);
        DamagedRange range = Assert.Single(recovered.Recovery.Damaged);
        Assert.InRange(500, range.From, range.To - 1);
        Assert.Equal(49, recovered.Recovery.RecordsFolded);
        Assert.Equal(1, recovered.Stats().OffsetsMissing);
    }

    [Fact]
    public void A_sample_that_the_medium_lost_is_told_and_its_place_in_the_batch_is_filled()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk, Options with { SentinelOneIn = 0 });
        for (int i = 0; i < 20; i++) ledger.Admit(Some.TextSample(i, "line " + i));
        TrainingView view = ledger.Start(1);
        string path = "/journal/samples-0000000000000000.seg";
        using (IDiskFile file = disk.Open(path, DiskOpen.ReadWrite)) file.Write(500, [1, 2, 3, 4]);

        Batch batch = view.Draw(Modality.Text, 20, new DrawKey(1, 1, 0, ChanceStream.Sampling));

        Assert.Equal((20, 19), (batch.Count, batch.Ids.Distinct().Count()));
        for (int i = 0; i < 20; i++) Assert.Equal("line " + batch.Ids[i].Sequence, batch.Texts[i].ToString());
        Assert.Equal(1, ledger.Stats().UnreadableDraws);
        ledger.Admit(Some.TextSample(20, "a later group vouches for the ones before"));
        ledger.Sync();
        VerifyReport report = ReplayVerify.Run(disk, "/journal", CancellationToken.None);
        Assert.False(report.IsWhole);
        Assert.InRange(500, Assert.Single(report.Damaged).From, report.Damaged[0].To);
    }

    [Fact]
    public void Verifying_names_each_damaged_range_and_changes_nothing()
    {
        var disk = new SimulatedDisk();
        long written;
        using (ReplayLedger ledger = Ledgers.Open(disk))
        {
            foreach (Intake intake in new RandomStream(42).Take(3000)) ledger.Admit(intake);
            ledger.StartCycle(Some.CycleStarted(1));
            Assert.True(ReplayVerify.Run(disk, "/journal", CancellationToken.None).IsWhole);
            written = ledger.Position;
        }

        string[] segments = [.. disk.List("/journal").Select(entry => "/journal/" + entry.Name)
            .Where(path => path.EndsWith(".seg", StringComparison.Ordinal) && path.Contains("samples", StringComparison.Ordinal))];
        Assert.True(segments.Length > 3);
        foreach (string path in segments.SkipLast(1))
        {
            byte[] bytes = disk.Get(path);
            bytes[300] ^= 1;
            disk.Put(path, bytes);
        }

        int operations = disk.Trace.Count;
        VerifyReport report = ReplayVerify.Run(disk, "/journal", CancellationToken.None);
        Assert.Equal(segments.SkipLast(1), report.Damaged.Select(range => range.Path));
        Assert.All(report.Damaged, range => Assert.InRange(300, range.From, range.To - 1));
        Assert.Equal(written, report.Samples.Records + report.Decisions.Records + report.Damaged.Count);
        Assert.Equal(operations, disk.Trace.Count);
    }
}
