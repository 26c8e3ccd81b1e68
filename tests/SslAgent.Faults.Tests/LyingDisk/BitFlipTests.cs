using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Faults.Tests.Killing;
using SslAgent.Ingest.Kafka;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;
using SslAgent.Storage.Tests.Support;

namespace SslAgent.Faults.Tests.LyingDisk;

/// <summary>One flipped bit in every kind of file of a state directory, at drawn places: it is told of, or it changes nothing; it is never believed.</summary>
public sealed class BitFlipTests(ITestOutputHelper output)
{
    private static int FlipsAFile { get; } = Torture.IsOn ? 400 : 24;

    [Fact]
    public void A_flipped_bit_in_journal_versions_or_pointers_is_reported_or_harmless()
    {
        var disk = new SimulatedDisk();
        using World sound = World.Open(disk, static () => Assert.Fail("the disk does not fail here"));
        sound.Finish();
        sound.Store.Pin(sound.Store.List()[0].Version, "known to be good");
        string[] files = [.. FilesUnder(disk, "/state")];
        Assert.All(
            ["samples-", "decisions-", ".idx", "HEAD", "SERVING", "manifest.json", "manifest.sha256", "model.safetensors", "training.safetensors", "replay.bin", "dropped.json", "learner.json", "pins/"],
            kind => Assert.Contains(files, file => file.Contains(kind, StringComparison.Ordinal)));
        var chance = new Random(Torture.Seed);
        int reported = 0;
        foreach (string file in files)
        {
            for (int i = 0; i < FlipsAFile; i++)
            {
                byte[] bytes = [.. disk.Get(file)];
                int bit = chance.Next(bytes.Length * 8);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                var flipped = new SimulatedDisk();
                foreach (string other in files) flipped.Put(other, other == file ? bytes : [.. disk.Get(other)]);
                if (IsReported(flipped, sound, $"{file}, bit {bit} of {bytes.Length * 8}, seed {Torture.Seed}")) reported++;
            }
        }

        int flips = files.Length * FlipsAFile;
        output.WriteLine($"{files.Length} files, {flips} flips, {reported} reported, the others harmless, seed {Torture.Seed}");
        Assert.InRange(reported, flips / 2, flips);
        new Figures("flipped bits", output).Add("flips", flips);
    }

    [Fact]
    public void A_flipped_bit_in_the_lineage_is_refused_or_harmless()
    {
        var disk = new SimulatedDisk();
        var state = new StateDirectory("/state");
        AgentSettings settings = FaultSettings();
        LearnerPlan plan = Planner.Resolve(settings.Model, settings.Learning, (ulong)settings.Agent.Seed, null, new Machine(TimeProvider.System));
        var written = new LineageFile("0123456789abcdef", DateTimeOffset.UnixEpoch, plan);
        written.Write(disk, state);
        byte[] sound = disk.Get(state.LineageFile);
        int refused = 0;
        for (int bit = 0; bit < sound.Length * 8; bit++)
        {
            byte[] bytes = [.. sound];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            disk.Put(state.LineageFile, bytes);
            try
            {
                LineageFile read = LineageFile.Read(disk, state) ?? throw new InvalidDataException("it is there");
                string where = $"bit {bit}: {System.Text.Encoding.UTF8.GetString(bytes[Math.Max(0, bit / 8 - 20)..Math.Min(bytes.Length, bit / 8 + 20)])}";
                Assert.True(read.Id == written.Id && read.CreatedAt == written.CreatedAt && read.Plan.ToJson() == plan.ToJson(), where);
            }
            catch (StateRefusedException)
            {
                refused++;
            }
        }

        output.WriteLine($"{sound.Length * 8} bits, {refused} refused");
        Assert.InRange(refused, sound.Length * 4, sound.Length * 8);
    }

    /// <summary>What is not known of a partition's commits costs a reset's being noticed; what is known wrongly would skip messages, or read them twice.</summary>
    [Fact]
    public void A_flipped_bit_in_the_memory_of_commits_is_told_or_harmless()
    {
        var disk = new SimulatedDisk();
        const string path = "/state/commits.json";
        using (var written = new CommitMemory(disk, path, "group", NullLogger.Instance))
        {
            foreach (long offset in new long[] { 100, 250 })
            {
                Assert.True(written.TryRemember([new PartitionPosition("stream", 0, 0, offset), new PartitionPosition("other", 3, 2, offset + 7)]));
                written.Acknowledged("stream", 0, offset);
                written.Acknowledged("other", 3, offset + 7);
            }
        }

        CommitBounds?[] Bounds(CommitMemory memory) => [memory.FindCommit("stream", 0), memory.FindCommit("other", 3)];
        byte[] sound = disk.Get(path);
        using var known = new CommitMemory(disk, path, "group", NullLogger.Instance);
        Assert.DoesNotContain(null, Bounds(known));
        int told = 0;
        for (int bit = 0; bit < sound.Length * 8; bit++)
        {
            byte[] bytes = [.. sound];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            disk.Put(path, bytes);
            var log = new CountingLog();
            using var read = new CommitMemory(disk, path, "group", log);
            if (log.Warnings > 0)
            {
                Assert.All(Bounds(read), Assert.Null);
                told++;
            }
            else
            {
                Assert.True(Bounds(known).SequenceEqual(Bounds(read)), $"bit {bit}: {System.Text.Encoding.UTF8.GetString(bytes)}");
            }
        }

        output.WriteLine($"{sound.Length * 8} bits, {told} told");
        Assert.InRange(told, sound.Length * 4, sound.Length * 8);
    }

    [Fact]
    public void A_flipped_bit_in_a_pin_keeps_the_version_and_marks_the_reason()
    {
        var disk = new SimulatedDisk();
        using World world = World.Open(disk, static () => Assert.Fail("the disk does not fail here"));
        world.Finish();
        ModelVersion pinned = world.Store.List()[^1].Version;
        world.Store.Pin(pinned, "known to be good");
        Assert.Equal("known to be good", Assert.Single(world.Store.PinnedVersions()).Value);
        string path = Assert.Single(FilesUnder(disk, $"{World.Versions}/pins"));
        byte[] sound = disk.Get(path);
        for (int bit = 0; bit < sound.Length * 8; bit++)
        {
            byte[] bytes = [.. sound];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            disk.Put(path, bytes);
            (ModelVersion version, string reason) = Assert.Single(world.Store.PinnedVersions());
            Assert.Equal(pinned, version);
            Assert.True(reason.EndsWith("[no checksum vouches for this text]", StringComparison.Ordinal), $"bit {bit}: {reason}");
            Assert.DoesNotContain(pinned, world.Store.PlanPrune(new RetentionPolicy(1, 0, 1, 1)).Deleted);
        }
    }

    private static AgentSettings FaultSettings() => new() { Learning = new() { Device = "cpu", Dtype = "fp32", Threads = 1 } };

    /// <summary>True where somebody is told; false where nothing at all is different. Anything else fails.</summary>
    private static bool IsReported(SimulatedDisk disk, World sound, string where)
    {
        bool isReported = !ReplayVerify.Run(disk, World.Journal, default).IsWhole;
        World world;
        try
        {
            world = World.Open(disk, static () => Assert.Fail("the disk does not fail here"));
        }
        catch (IOException)
        {
            return true;
        }

        using (world)
        {
            RecoveryReport found = world.Ledger.Recovery;
            isReported |= found.Damaged.Count > 0 || found.CutBytes > 0 || found.RecordsMissing > 0 || found.Notes.Count > 0 || world.Store.Findings.Count > 0;
            foreach ((long sequence, JournalRecord record) in world.Records())
                Assert.True(ScriptedStream.Describe(ScriptedStream.Items[(int)sequence]) == ScriptedStream.Describe(record), $"{where}: record {sequence} is believed");
            foreach (VersionManifest manifest in world.Store.List())
            {
                if (!world.Store.Verify(manifest.Version, default).IsSound) isReported = true;
                Assert.True(
                    manifest.WeightsDigest == MemoSnapshot.DigestOf(manifest.RolledBackTo ?? manifest.Version), $"{where}: {manifest.Version} is believed");
            }

            isReported |= world.Store.PinnedVersions().Values.Any(reason => reason.Contains("no checksum vouches", StringComparison.Ordinal));
            if (isReported) return true;
            Assert.True(world.Store.PinnedVersions().SequenceEqual(sound.Store.PinnedVersions()), $"{where}: other pins, and nobody was told");
            Assert.True(world.DigestNow() == sound.DigestNow() && world.Ledger.Position == sound.Ledger.Position, $"{where}: another fold, and nobody was told");
            Assert.True((world.Store.Head, world.Store.Serving) == (sound.Store.Head, sound.Store.Serving), $"{where}: other pointers, and nobody was told");
            Assert.True(world.Records().Keys.SequenceEqual(sound.Records().Keys), $"{where}: other records, and nobody was told");
            return false;
        }
    }

    /// <summary>Counts what an operator is warned of.</summary>
    private sealed class CountingLog : ILogger
    {
        public int Warnings { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) Warnings++;
        }
    }

    private static IEnumerable<string> FilesUnder(IDisk disk, string directory) => disk.List(directory).SelectMany(entry =>
        entry.IsDirectory ? FilesUnder(disk, Path.Combine(directory, entry.Name)) : [Path.Combine(directory, entry.Name)]);
}
