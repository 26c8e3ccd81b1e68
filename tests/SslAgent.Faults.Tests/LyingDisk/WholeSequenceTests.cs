using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Faults.Tests.Killing;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Faults.Tests.LyingDisk;

/// <summary>
/// A lying disk under everything that an agent makes durable, in one piece: append, group commit, decision, version, pointers, retention, retirement. The
/// process is stopped at each step of the disk in turn, and the disk then forgets, reorders and tears what was not synced; or it fails at each step. What
/// is found must be what a list in memory says, and going on must end as if nothing had happened.
/// </summary>
public sealed class WholeSequenceTests(ITestOutputHelper output)
{
    private static int PowerCuts { get; } = Torture.IsOn ? 12 : 2;

    [Fact]
    public void Stopped_at_any_step_it_loses_nothing_that_was_acknowledged_and_refers_to_nothing_that_is_gone()
    {
        (World undisturbed, SimulatedDisk whole) = Undisturbed();
        int steps = whole.Trace.Count;
        output.WriteLine($"{steps} steps of the disk, each stopped at; {PowerCuts + 2} crashes each, seed {Torture.Seed}");
        Assert.InRange(steps, 300, 2_000);
        for (int stop = 1; stop <= steps; stop++)
        {
            for (int cut = 0; cut < PowerCuts + 2; cut++)
            {
                var disk = new SimulatedDisk { StopAt = stop };
                (long Offset, ModelVersion? Head) acknowledged = RunUntilStopped(disk);
                // 0 is a killed process, which loses nothing that was written; 1 loses all that was not synced; the others some of it.
                SimulatedDisk found = cut switch { 0 => disk.AfterKill(), 1 => disk.AfterCrash(), _ => disk.AfterCrash(new Random(Torture.Seed + stop * 100 + cut)) };
                Check(found, acknowledged, undisturbed, $"stopped at {stop} ({disk.Trace[^1]}), crash {cut}, seed {Torture.Seed}");
            }
        }

        var figures = new Figures("lying disk", output);
        figures.Add("crashes recovered from", steps * (PowerCuts + 2));
    }

    [Theory]
    [InlineData(StorageFault.DiskFull, 1)]
    [InlineData(StorageFault.Device, 1)]
    [InlineData(StorageFault.DiskFull, 7)]
    public void A_disk_that_fails_at_any_step_delays_and_changes_nothing(StorageFault fault, int times)
    {
        (World undisturbed, SimulatedDisk whole) = Undisturbed();
        int steps = whole.Trace.Count;
        for (int fail = 1; fail <= steps; fail++)
        {
            var disk = new SimulatedDisk { FailAt = fail, FailWith = fault, FailOn = times > 1 };
            int pauses = 0;
            using World world = World.Open(disk, () => Pause(disk));
            world.Finish();
            disk.FailAt = 0;
            string where = $"{fault} {times} times at {fail} ({string.Join(", ", whole.Trace.Skip(fail - 4).Take(3))})";
            Assert.True(pauses <= times, where);
            AssertSameEnd(undisturbed, world, where);
            Check(disk.AfterCrash(), world.Acknowledged, undisturbed, where);

            void Pause(SimulatedDisk failing)
            {
                if (++pauses >= times) failing.FailAt = 0;
            }
        }

        new Figures("lying disk", output).Add($"{fault}, {times} in a row: steps failed", steps);
    }

    [Fact]
    public void A_read_that_fails_while_it_runs_delays_and_changes_nothing()
    {
        (World undisturbed, SimulatedDisk whole) = Undisturbed();
        int reads = whole.Reads;
        Assert.InRange(reads, 10, 10_000);
        for (int fail = 1; fail <= reads; fail++)
        {
            var disk = new SimulatedDisk { FailReadAt = fail };
            int pauses = 0;
            using World world = World.Open(disk, () => pauses++);
            world.Finish();
            string where = $"read {fail} of {reads}";
            Assert.True(pauses <= 1, where);
            AssertSameEnd(undisturbed, world, where);
            Check(disk.AfterCrash(), world.Acknowledged, undisturbed, where);
        }

        new Figures("lying disk", output).Add("reads failed while it runs", reads);
    }

    [Fact]
    public void A_read_that_fails_at_a_start_ends_or_delays_it_and_the_next_start_finds_all_that_was_there()
    {
        (World undisturbed, SimulatedDisk whole) = Undisturbed();
        int refused = 0, fail = 1;
        for (bool isReached = true; isReached; fail++)
        {
            SimulatedDisk disk = whole.AfterCrash();
            disk.FailReadAt = fail;
            string where = $"read {fail} of a start";
            try
            {
                using World world = World.Open(disk, () => { });
                // It may stand on an older version than the one that it could not read; the journal is whole or the start is refused.
                Assert.True(world.Ledger.Position == undisturbed.Ledger.Position && world.Ledger.Recovery.Damaged.Count == 0, where);
            }
            catch (StorageException)
            {
                refused++;
            }

            isReached = disk.Reads >= fail;
            disk.FailReadAt = 0;
            Check(disk.AfterCrash(), undisturbed.Acknowledged, undisturbed, where);
        }

        Assert.InRange(fail, 20, 10_000);
        new Figures("lying disk", output).Add("reads failed at a start", fail - 1);
        output.WriteLine($"{refused} of them ended the start");
    }

    private static (World World, SimulatedDisk Disk) Undisturbed()
    {
        var disk = new SimulatedDisk();
        World world = World.Open(disk, Never);
        world.Finish();
        Assert.Equal(ScriptedStream.Items.Count, world.Ledger.Position);
        string[] steps = ["Rename .tmp-", "Delete samples-", "Rename samples-", "Delete training", "Link", "Rename HEAD", "Delete .trash-"];
        Assert.All(steps, kind => Assert.True(disk.Trace.Any(step => step.StartsWith(kind, StringComparison.Ordinal)), $"the script has no step \"{kind}\""));
        return (world, disk);
    }

    private static (long Offset, ModelVersion? Head) RunUntilStopped(SimulatedDisk disk)
    {
        World? world = null;
        try
        {
            world = World.Open(disk, Never);
            world.Finish();
        }
        catch (DiskStoppedException)
        {
            // The process died here.
        }

        return world?.Acknowledged ?? (0, null);
    }

    /// <summary>What the next process finds, and where it arrives.</summary>
    private static void Check(SimulatedDisk found, (long Offset, ModelVersion? Head) acknowledged, World undisturbed, string where)
    {
        using World world = World.Open(found, Never);
        long position = world.Ledger.Position;
        Assert.True(world.Ledger.Recovery.Damaged.Count == 0 && world.Ledger.Recovery.RecordsMissing == 0, $"{where}: {world.Ledger.Recovery}");
        long next = world.Ledger.Partitions is [{ } partition, ..] ? partition.NextOffset : 0;
        Assert.True(next >= acknowledged.Offset, $"{where}: goes on at {next}, acknowledged was {acknowledged.Offset}");
        Assert.True(next == ScriptedStream.OffsetAfter(position), $"{where}: goes on at {next} from position {position}");
        Assert.True(position == 0 || undisturbed.Digests[position] == world.DigestNow(), $"{where}: another fold at {position}");
        CheckJournal(world, position, where);
        CheckVersions(world, acknowledged.Head, position, where);
        world.Finish();
        AssertSameEnd(undisturbed, world, where);
    }

    /// <summary>The journal against the list: the same records under the same numbers, no gap but what was retired, nothing that was not appended.</summary>
    private static void CheckJournal(World world, long position, string where)
    {
        SortedDictionary<long, JournalRecord> records = world.Records();
        foreach ((long sequence, JournalRecord record) in records)
        {
            string expected = ScriptedStream.Describe(ScriptedStream.Items[(int)sequence]), actual = ScriptedStream.Describe(record);
            Assert.True(expected == actual, $"{where}: record {sequence} is {actual}, not {expected}");
        }

        long horizon = records.Values.OfType<JournalRecord.HistoryRetired>().Select(retired => retired.Horizon).DefaultIfEmpty().Max();
        for (long sequence = 0; sequence < position; sequence++)
        {
            bool mayBeRetired = sequence < horizon && ScriptedStream.IntakeOf(ScriptedStream.Items[(int)sequence]) is not null;
            Assert.True(mayBeRetired || records.ContainsKey(sequence), $"{where}: record {sequence} is gone");
        }

        Assert.True(world.Ledger.Stats().UnreadableDraws == 0, where);
    }

    /// <summary>Nothing durable refers to anything that is not: pointers name whole versions, a version stands on a whole journal.</summary>
    private static void CheckVersions(World world, ModelVersion? acknowledged, long position, string where)
    {
        foreach (VersionManifest manifest in world.Store.List())
        {
            Assert.True(world.Store.Verify(manifest.Version, default).IsSound, $"{where}: {manifest.Version} is damaged");
            Assert.True(manifest.JournalPosition <= position, $"{where}: {manifest.Version} stands on {manifest.JournalPosition}, the journal ends at {position}");
            JournalRecord decision = ScriptedStream.Items[(int)manifest.JournalPosition - 1];
            Assert.True(World.VersionOf(decision) == manifest.Version, $"{where}: {manifest.Version} stands on \"{ScriptedStream.Describe(decision)}\"");
            ModelVersion made = manifest.RolledBackTo ?? manifest.Version;
            Assert.True(manifest.WeightsDigest == MemoSnapshot.DigestOf(made), $"{where}: {manifest.Version} has other weights");
        }

        Assert.All(new[] { world.Store.Head, world.Store.Serving }, pointer => Assert.True(pointer is null || world.Store.Find(pointer.Value) is not null, where));
        Assert.True(acknowledged is null || world.Store.Head >= acknowledged, $"{where}: HEAD is {world.Store.Head}, acknowledged was {acknowledged}");
    }

    private static void AssertSameEnd(World undisturbed, World world, string where)
    {
        Assert.True(undisturbed.Ledger.Position == world.Ledger.Position && undisturbed.DigestNow() == world.DigestNow(), $"{where}: another end");
        Assert.True((undisturbed.Store.Head, undisturbed.Store.Serving) == (world.Store.Head, world.Store.Serving), $"{where}: other pointers");
        foreach (ModelVersion version in undisturbed.Store.List().Take(2).Select(manifest => manifest.Version))
        {
            VerifyReport report = world.Store.Verify(version, default);
            Assert.True(report.IsSound, $"{where}: {version} is damaged: {string.Join(", ", report.Damages)}");
        }
    }

    private static void Never() => Assert.Fail("the disk does not fail here");
}
