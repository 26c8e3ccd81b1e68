using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>
/// A rewind that is in the journal and whose version is not on disk, with something lost of what it goes back to: the start makes the best of it, says so, and
/// what was denied stays denied.
/// </summary>
public sealed class DamagedRewindTests(RewoundState state) : IClassFixture<RewoundState>
{
    public static TheoryData<int, int> EachDecision
    {
        get
        {
            // With the version before it on disk and without, in turn.
            var data = new TheoryData<int, int>();
            for (int record = 0; record + 1 < DamagedState.Decisions; record++) data.Add(record, 1 + record % 2);
            data.Add(3, 1);
            return data;
        }
    }

    /// <summary>Version 2 is sound and behind version 1's place in the journal: what version 1 remembered was nowhere but in its own file.</summary>
    [Theory]
    [InlineData("replay.bin")]
    [InlineData("")]
    public async Task Where_what_the_version_remembered_is_lost_training_goes_on_from_the_newest_sound_one(string damaged)
    {
        AgentSettings settings = Pending($"past-{damaged}");
        string first = VersionOf(settings, 1);
        if (damaged.Length > 0) Flip(Path.Combine(first, damaged));
        else Directory.Delete(first, recursive: true);

        Agent agent = await StartDegradedAsync(settings, "the rewind to v1 could not be carried out");
        VersionManifest back = agent.Versions().First(version => version.Kind == VersionKind.Rollback);
        Assert.Equal((new ModelVersion(4), VersionKind.Rollback, new ModelVersion(2)), (back.Version, back.Kind, back.RolledBackTo!.Value));
        Assert.Contains("what v1 remembered is lost", back.Reason, StringComparison.Ordinal);
        await GoesOnAsync(agent, settings, before: 4);
    }

    /// <summary>A sample that version 2 had seen, and one that came behind it.</summary>
    [Theory]
    [InlineData(RewoundState.DeniedAfter - 5)]
    [InlineData(RewoundState.DeniedAfter + RewoundState.DeniedOffsets + 20)]
    public async Task Where_only_samples_since_are_lost_it_is_carried_out_with_the_others(int behind)
    {
        AgentSettings settings = Pending($"samples-{behind}");
        FlipSampleSince(settings, behind);

        Agent agent = await StartDegradedAsync(settings, "what is left of the samples since is learned again");
        VersionManifest rewound = agent.Versions().Single(version => version.Version.Number == 3), first = agent.Versions().Single(version => version.Version.Number == 1);
        Assert.Equal((first.Version, first.WeightsDigest), (rewound.RolledBackTo!.Value, rewound.WeightsDigest));
        await GoesOnAsync(agent, settings, before: 3);
    }

    [Fact]
    public async Task A_cycle_that_learned_what_such_a_rewind_brought_back_is_void()
    {
        AgentSettings settings = state.Copy("cycle");
        var observer = new RecordingObserver();
        Agent agent = await state.Bench.StartAsync(settings, observer);
        VersionManifest learned = await observer.NextVersionAsync(state.Bench.Limit);
        Assert.Equal(4, learned.Version.Number);
        await agent.StopAsync();
        foreach (VersionManifest after in agent.Versions().Where(version => version.Version.Number > 2)) Directory.Delete(VersionOf(settings, after.Version.Number), recursive: true);
        FlipSampleSince(settings, RewoundState.DeniedAfter - 5);

        int newest = agent.Versions()[0].Version.Number;
        agent = await StartDegradedAsync(settings, "training goes on from v1");
        VersionManifest back = agent.Versions().First(version => version.Kind == VersionKind.Rollback);
        Assert.Equal((newest + 1, new ModelVersion(1)), (back.Version.Number, back.RolledBackTo!.Value));
        // On a busy machine the first agent may have learned from all that there was before it stopped.
        await state.Bench.SendAsync(200);
        await GoesOnAsync(agent, settings, before: newest + 1);
    }

    [Theory]
    [MemberData(nameof(EachDecision))]
    public async Task A_damaged_decision_before_it_stops_nothing(int record, int versionsLeft)
    {
        AgentSettings settings = Pending($"decision-{record}-{versionsLeft}");
        DamagedState.FlipBit(settings, "decisions", record);
        if (versionsLeft == 1) Directory.Delete(VersionOf(settings, 2), recursive: true);
        await GoesOnAsync(await StartDegradedAsync(settings, "lost"), settings, before: DamagedState.Versions);
    }

    /// <summary>A copy in which the rewind is in the journal, and a crash came before its version.</summary>
    private AgentSettings Pending(string name)
    {
        AgentSettings settings = state.Copy(name);
        Directory.Delete(VersionOf(settings, DamagedState.Versions), recursive: true);
        foreach (string pointer in new[] { "HEAD", "SERVING" }) File.Delete(Path.Combine(settings.Agent.StateDirectory, "versions", pointer));
        return settings;
    }

    private async Task<Agent> StartDegradedAsync(AgentSettings settings, string said)
    {
        Agent agent = await state.Bench.StartAsync(settings, new RecordingObserver());
        AgentStatus status = agent.Status();
        Assert.Equal(AgentHealth.Degraded, status.Health);
        Assert.True(status.Problems.Any(problem => problem.Contains(said, StringComparison.Ordinal)), $"not said: {said}, but {string.Join("; ", status.Problems)}");
        return agent;
    }

    /// <summary>It learns on, the next start has nothing to settle, and nothing that was denied is remembered.</summary>
    private async Task GoesOnAsync(Agent agent, AgentSettings settings, int before)
    {
        await agent.StopAsync();
        Assert.Null(agent.Fault);
        var observer = new RecordingObserver();
        agent = await state.Bench.StartAsync(settings, observer);
        VersionManifest? learned;
        while ((learned = agent.Versions().FirstOrDefault(version => version.Kind == VersionKind.Cycle && version.Version.Number > before)) is null)
            await observer.NextVersionAsync(state.Bench.Limit);
        Assert.DoesNotContain(agent.Status().Problems, problem => problem.Contains("rewind", StringComparison.Ordinal));
        await agent.StopAsync();
        Assert.Null(agent.Fault);
        Assert.Empty(DeniedIn(settings, learned.Version));
    }

    /// <summary>Denied samples that a version remembers: the rewind's record in the journal says which are denied, where it can still be read.</summary>
    private static List<long> DeniedIn(AgentSettings settings, ModelVersion version)
    {
        string root = settings.Agent.StateDirectory;
        VersionStore store = VersionStore.Open(LocalDisk.Instance, Path.Combine(root, "versions"), StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
        using IStoredModel stored = store.Open(version);
        var live = new HashSet<long>();
        ReplayState.Load(new MemoryStream(stored.ReadFile("replay.bin")!), settings.Replay, (ulong)settings.Agent.Seed).CollectLive(live);
        using Journal journal = Journal.OpenToRead(LocalDisk.Instance, Path.Combine(root, "journal"), settings.Replay, TimeProvider.System);
        DeniedRange denied = Assert.Single(journal.ReadDecisions().Select(decision => decision.Record).OfType<JournalRecord.RolledBack>().SelectMany(back => back.Denied));
        var found = new List<long>();
        int seen = 0;
        using JournalCursor cursor = journal.Read(0);
        while (cursor.MoveNext())
        {
            if (cursor.Current.Record is not JournalRecord.Admitted { Sample.At: var at } || at.Offset < denied.From || at.Offset > denied.To) continue;
            seen++;
            if (live.Contains(cursor.Current.Sequence)) found.Add(cursor.Current.Sequence);
        }

        Assert.InRange(seen, 1, RewoundState.DeniedOffsets);
        return found;
    }

    private static string VersionOf(AgentSettings settings, int version) => Path.Combine(settings.Agent.StateDirectory, "versions", $"v{version:D6}");

    /// <summary>One bit of the first sample so many offsets behind the first version, wherever retention has put it.</summary>
    private static void FlipSampleSince(AgentSettings settings, int behind)
    {
        string root = settings.Agent.StateDirectory;
        VersionStore store = VersionStore.Open(LocalDisk.Instance, Path.Combine(root, "versions"), StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
        VersionManifest first = store.Read(new ModelVersion(1));
        long from = first.Offsets[0].NextOffset + behind, sequence = -1;
        using (Journal journal = Journal.OpenToRead(LocalDisk.Instance, Path.Combine(root, "journal"), settings.Replay, TimeProvider.System))
        using (JournalCursor cursor = journal.Read(first.JournalPosition))
        {
            while (sequence < 0 && cursor.MoveNext())
            {
                if (cursor.Current.Record is JournalRecord.Admitted { Sample.At: var at } && at.Offset >= from) sequence = cursor.Current.Sequence;
            }
        }

        foreach (string path in Directory.GetFiles(Path.Combine(root, "journal"), "samples-*.seg"))
        {
            byte[] bytes = File.ReadAllBytes(path);
            for (int at = 0; bytes.AsSpan(at).IndexOf("SLR1"u8) is >= 0 and int found; at++)
            {
                at += found;
                // docs/formats/journal.md: the payload's length at byte 4 of a record, its number at byte 8, 28 bytes in all before the payload.
                if (at + 16 > bytes.Length || BitConverter.ToInt64(bytes, at + 8) != sequence) continue;
                bytes[at + 27 + BitConverter.ToInt32(bytes, at + 4)] ^= 1;
                File.WriteAllBytes(path, bytes);
                return;
            }
        }

        Assert.Fail($"sample {sequence} is in no segment");
    }

    private static void Flip(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
