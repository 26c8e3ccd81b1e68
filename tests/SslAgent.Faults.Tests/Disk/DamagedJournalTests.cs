using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>Flipped bits in the middle of the journal: the daemon starts, says what it found, keeps its versions and goes on learning.</summary>
public sealed class DamagedJournalTests(DamagedState state) : IClassFixture<DamagedState>
{
    public static TheoryData<int, int> EachDecision
    {
        get
        {
            var data = new TheoryData<int, int>();
            for (int record = 0; record < DamagedState.Decisions; record++)
            {
                // With all versions on disk, and with those lost that the decision led to. Of the last decision nothing is known then: bytes at the end
                // that nothing vouches for count as never having been durable.
                data.Add(record, DamagedState.Versions);
                if (record + 1 < DamagedState.Decisions) data.Add(record, 1);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EachDecision))]
    public async Task A_damaged_decision_stops_nothing(int record, int versionsLeft)
    {
        AgentSettings settings = state.Copy($"decision-{record}-{versionsLeft}");
        DamagedState.FlipBit(settings, "decisions", record);
        for (int lost = versionsLeft + 1; lost <= DamagedState.Versions; lost++)
            Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions", $"v{lost:D6}"), recursive: true);
        var observer = new RecordingObserver();
        Agent agent = await state.Bench.StartAsync(settings, observer);
        AgentStatus status = agent.Status();
        Assert.Equal(AgentHealth.Degraded, status.Health);
        Assert.Contains(status.Problems, problem => problem.Contains("lost", StringComparison.Ordinal));

        VersionManifest learned;
        do learned = await observer.NextVersionAsync(state.Bench.Limit);
        while (learned.Kind != VersionKind.Cycle || learned.Version.Number <= DamagedState.Versions);
        for (int kept = 1; kept <= versionsLeft; kept++) Assert.Contains(agent.Versions(), version => version.Version.Number == kept);
        Assert.Null(agent.Fault);
        await agent.StopAsync();

        // A further cycle may have been on when it stopped: its version is there before or after the next start, whichever was quicker.
        HashSet<(ModelVersion, string)> had = Weights(agent);
        Assert.Contains((learned.Version, learned.WeightsDigest), had);
        agent = await state.Bench.StartAsync(settings, new RecordingObserver());
        Assert.Subset(Weights(agent), had);
        await agent.StopAsync();
        Assert.Null(agent.Fault);

        static HashSet<(ModelVersion, string)> Weights(Agent agent) => [.. agent.Versions().Select(version => (version.Version, version.WeightsDigest))];
    }

    [Fact]
    public async Task A_damaged_sample_is_told_and_its_bytes_are_kept_once()
    {
        AgentSettings settings = state.Copy("sample");
        DamagedState.FlipBit(settings, "samples", 17);
        string quarantine = Path.Combine(settings.Agent.StateDirectory, "quarantine");
        for (int start = 0; start < 2; start++)
        {
            Agent agent = await state.Bench.StartAsync(settings, new RecordingObserver());
            Assert.Contains(agent.Status().Problems, problem => problem.Contains("the journal has 1 damaged byte ranges", StringComparison.Ordinal));
            await agent.StopAsync();
            string kept = Assert.Single(Directory.GetFiles(quarantine));
            Assert.Matches(@"samples-\d+\.seg\.\d+-\d+\.bin$", kept);
            Assert.True(new FileInfo(kept).Length > 0);
        }
    }

    [Fact]
    public async Task A_damaged_newest_version_is_made_anew()
    {
        AgentSettings settings = state.Copy("version");
        var observer = new RecordingObserver();
        Agent agent = await state.Bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(state.Bench.Limit);
        await agent.StopAsync();

        // Listed as before, with other bytes.
        VersionManifest newest = agent.Versions()[0];
        DamagedState.FlipBitOfVersion(settings, newest.Version);
        observer = new RecordingObserver();
        agent = await state.Bench.StartAsync(settings, observer);
        VersionManifest again = await observer.NextVersionAsync(state.Bench.Limit);
        Assert.Equal((newest.Version, newest.WeightsDigest), (again.Version, again.WeightsDigest));
        Assert.Equal(newest.Version, agent.Status().Head);
        await agent.StopAsync();
    }

    [Fact]
    public async Task Where_a_rollback_shares_its_bytes_with_what_is_damaged_the_newest_sound_version_takes_over()
    {
        // Version 3 is version 1 under another number: its files are the same ones.
        AgentSettings settings = state.Copy("shared");
        DamagedState.FlipBitOfVersion(settings, new ModelVersion(1));
        DamagedState.FlipBitOfVersion(settings, new ModelVersion(3));
        var observer = new RecordingObserver();
        Agent agent = await state.Bench.StartAsync(settings, observer);
        VersionManifest back = await observer.NextVersionAsync(state.Bench.Limit);
        Assert.Equal((new ModelVersion(4), new ModelVersion(2)), (back.Version, back.RolledBackTo!.Value));
        Assert.Contains(agent.Status().Problems, problem => problem.Contains("training goes on from v2", StringComparison.Ordinal));
        await agent.StopAsync();
        Assert.Null(agent.Fault);
    }
}
