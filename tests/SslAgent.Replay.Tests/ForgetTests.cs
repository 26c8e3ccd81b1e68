using System.Text;
using SslAgent.Domain;
using SslAgent.Replay.Tests.Support;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Replay.Tests;

/// <summary>What is forgotten leaves the buffer, the sentinels and the disk, and a crash at any point ends in the same.</summary>
public sealed class ForgetTests
{
    private static readonly ReplayOptions Options = Ledgers.Small with { SegmentBytes = 1 << 16, TextsMax = 10_000, TextBytesMax = 1 << 20, FreshMax = 10_000 };

    [Fact]
    public void A_sources_samples_leave_buffer_sentinels_and_every_byte_of_the_journal()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk, Options);
        Fill(ledger, 2_000);
        Assert.Contains("secret", Everything(disk), StringComparison.Ordinal);
        (long inJournal, long inUse, long? first) = ledger.FindSamples((source, _) => source == "cam-3");
        Assert.True(inJournal > 300 && inUse > 0 && first is not null);

        (JournalRecord.Forgotten record, SavedState saved) = ledger.Forget(Named("cam-3", null));
        EraseReport report = ledger.Erase(saved.Sequence, record, CancellationToken.None);

        Assert.Equal((inJournal, inUse), (report.SamplesErased, record.Samples.Count));
        Assert.True(report.SegmentsRewritten > 1);
        Assert.DoesNotContain("secret", Everything(disk), StringComparison.Ordinal);
        Assert.Equal((0, 0), (ledger.FindSamples((source, _) => source == "cam-3").InJournal, ledger.FindSamples((source, _) => source == "cam-3").InUse));
        TrainingView view = ledger.Start(1);
        Batch all = view.Draw(Modality.Text, view.Available.Texts, new DrawKey(1, 1, 0, ChanceStream.Sampling));
        Assert.All(all.Texts, text => Assert.StartsWith("plain", text.ToString(), StringComparison.Ordinal));
        Assert.Equal(0, ledger.Stats().UnreadableDraws);
        Assert.Empty(ledger.ErasesOwed());
    }

    [Fact]
    public void By_age_only_what_is_older_goes_whatever_its_source()
    {
        var disk = new SimulatedDisk();
        using ReplayLedger ledger = Ledgers.Open(disk, Options);
        Fill(ledger, 500);
        (JournalRecord.Forgotten record, SavedState saved) = ledger.Forget(Named(null, 1_000 * 250));
        ledger.Erase(saved.Sequence, record, CancellationToken.None);
        ledger.Sync();
        Assert.All(ledger.ReadAll().Select(numbered => numbered.Record).OfType<JournalRecord.Admitted>(), admitted => Assert.True(admitted.Sample.TimeMs >= 250_000));
        Assert.Contains(ledger.ReadAll(), numbered => numbered.Record is JournalRecord.Admitted);
    }

    [Fact]
    public void A_crash_at_any_write_of_it_ends_with_the_samples_gone_and_the_same_state()
    {
        var whole = new SimulatedDisk();
        string expected;
        int writes;
        using (ReplayLedger ledger = Ledgers.Open(whole, Options))
        {
            Fill(ledger, 1_000);
            writes = whole.Trace.Count;
            (JournalRecord.Forgotten record, SavedState saved) = ledger.Forget(Named("cam-3", null));
            ledger.Erase(saved.Sequence, record, CancellationToken.None);
            expected = ledger.StateDigest();
        }

        for (int stop = writes + 1; stop <= whole.Trace.Count; stop++)
        {
            var disk = new SimulatedDisk();
            byte[]? state = null;
            using (ReplayLedger ledger = Ledgers.Open(disk, Options))
            {
                Fill(ledger, 1_000);
                disk.StopAt = stop;
                Assert.Throws<DiskStoppedException>(() =>
                {
                    (JournalRecord.Forgotten record, SavedState saved) = ledger.Forget(Named("cam-3", null));
                    state = saved.Bytes;
                    ledger.Erase(saved.Sequence, record, CancellationToken.None);
                });
            }

            // The version with this state is published before anything is erased, so it is what the next start stands on.
            using ReplayLedger recovered = Ledgers.Open(disk.AfterCrash(), Options, state is null ? null : new MemoryStream(state));
            if (recovered.ErasesOwed() is [{ Record: JournalRecord.Forgotten forgotten } owed]) recovered.Erase(owed.Sequence, forgotten, CancellationToken.None);
            else if (state is null) continue; // Not journalled: it did not happen.
            Assert.Equal(0, recovered.FindSamples((source, _) => source == "cam-3").InJournal);
            Assert.Empty(recovered.ErasesOwed());
            Assert.Equal(expected, recovered.StateDigest());
        }
    }

    [Fact]
    public void What_was_being_read_is_owed_until_it_is_gone_whatever_is_forgotten_after_it()
    {
        using ReplayLedger ledger = Ledgers.Open(new SimulatedDisk(), Options);
        Fill(ledger, 1_000);
        (JournalRecord.Forgotten first, SavedState saved) = ledger.Forget(Named("cam-3", null));
        using (ledger.Read(0)) Assert.True(ledger.Erase(saved.Sequence, first, CancellationToken.None).SegmentsLeft > 0);
        (JournalRecord.Forgotten second, SavedState later) = ledger.Forget(Named("cam-2", null));
        Assert.Equal(0, ledger.Erase(later.Sequence, second, CancellationToken.None).SegmentsLeft);
        NumberedRecord owed = Assert.Single(ledger.ErasesOwed());
        Assert.Equal(saved.Sequence, owed.Sequence);
        Assert.NotEqual(0, ledger.FindSamples((source, _) => source == "cam-3").InJournal);
        Assert.Equal(0, ledger.Erase(owed.Sequence, first, CancellationToken.None).SegmentsLeft);
        Assert.Empty(ledger.ErasesOwed());
        Assert.Equal(0, ledger.FindSamples((source, _) => source is "cam-2" or "cam-3").InJournal);
    }

    [Fact]
    public void A_damaged_segment_is_left_alone_and_said_to_be_left()
    {
        var disk = new SimulatedDisk();
        using (ReplayLedger ledger = Ledgers.Open(disk, Options)) Fill(ledger, 2_000);
        string damaged = disk.List("/journal").First(entry => entry.Name.StartsWith("samples-", StringComparison.Ordinal) && entry.Name.EndsWith(".seg", StringComparison.Ordinal)).Name;
        byte[] bytes = disk.Get("/journal/" + damaged);
        bytes[bytes.Length / 2] ^= 0x40;
        disk.Put("/journal/" + damaged, bytes);
        using ReplayLedger again = Ledgers.Open(disk, Options);
        (JournalRecord.Forgotten record, SavedState saved) = again.Forget(Named("cam-3", null));
        EraseReport report = again.Erase(saved.Sequence, record, CancellationToken.None);
        Assert.Equal(1, report.SegmentsLeft);
        Assert.Single(again.ErasesOwed());
    }

    private static JournalRecord.Forgotten Named(string? source, long? before) => new(new ModelVersion(1), new ModelVersion(2), source, before, "asked to", []);

    private static void Fill(ReplayLedger ledger, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ledger.Admit(i % 4 == 0
                ? Some.TextSample(i, $"secret {i} {new string('s', 150)}", "cam-3", 1_000L * i)
                : Some.TextSample(i, $"plain {i} {new string('p', 150)}", "cam-1", 1_000L * i));
        }

        ledger.Sync();
    }

    private static string Everything(SimulatedDisk disk) =>
        string.Concat(disk.List("/journal").Select(entry => Encoding.Latin1.GetString(disk.Get("/journal/" + entry.Name))));
}
