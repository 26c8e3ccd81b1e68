using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Faults.Victim;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>The real process, killed in the middle of long cycles that nobody asked to stop: they go on from the last resume point that was written on the way, and end where they ended.</summary>
[Collection(ProcessCollection.Name)]
public sealed class MidCycleKillTests(ITestOutputHelper output)
{
    private const int Messages = 120, Version = 2;

    private static readonly CycleTimes Endless = new(TimeSpan.FromMilliseconds(1), Max: null), Limited = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(500));

    [Fact]
    public async Task Killed_in_mid_cycle_it_goes_on_from_the_last_resume_point_on_the_way()
    {
        KillPoint[] kills =
        [
            new("at step taken", 150), new("after rename resume/v", 4), new("halfway write resume/new/training.safetensors", 6), new("before rename resume/HEAD", 8),
            new("before rename resume/v", 10),
        ];
        using var bench = new FaultBench(Messages);
        AgentSettings settings = bench.Settings("mid-cycle");
        settings = settings with { Cycle = settings.Cycle with { StepsMax = 300, UpdatesPerSample = null }, Learning = settings.Learning with { FlagInterval = 1 } };
        var chain = new KillChain(bench, "mid-cycle") { Settings = settings, Times = Endless, Version = Version, Kills = kills };
        IReadOnlyList<Resumption> resumptions = [];
        chain.Ended += () => resumptions = Resumption.All(chain);
        var lanes = new KillLanes(expected: null, output);
        await lanes.RunAsync(chain);

        output.WriteLine(string.Join(", ", resumptions));
        Assert.Equal(kills.Length, lanes.Kills);
        Assert.Subset(lanes.KilledAt.ToHashSet(), kills.Select(kill => kill.Name).ToHashSet());
        // A kill may come where a cycle has no point yet.
        Assert.True(resumptions.Count > kills.Length / 2, $"{resumptions.Count} went on in the middle of a cycle");
        Assert.DoesNotContain(resumptions, resumption => resumption.RepeatsSteps);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_between_the_end_of_its_time_and_the_verdict_a_cycle_ends_after_the_same_steps(int passing)
    {
        // Right behind the record that says after how many steps the time was over.
        const string point = "at probes begun";
        string name = $"time-{passing}";
        using var bench = new FaultBench(Messages);
        AgentSettings settings = bench.Settings(name);
        settings = settings with { Cycle = settings.Cycle with { StepsMax = 1_000_000, UpdatesPerSample = null } };
        var chain = new KillChain(bench, name) { Settings = settings, Times = Limited, Version = Version, Kills = [new(point, passing)] };
        IReadOnlyList<JournalRecord> journal = [];
        chain.Ended += () => journal = chain.Journal();
        var lanes = new KillLanes(expected: null, output);
        await lanes.RunAsync(chain);

        Assert.Equal([point], lanes.KilledAt);
        (CycleNumber, int)[] ended = [.. journal.OfType<JournalRecord.CycleEnded>().Select(one => (one.Cycle, one.StepsDone))];
        Assert.True(ended.Length >= Version, $"{ended.Length} cycles");
        // Each by its time, and said once, though the one that was killed came there twice.
        Assert.Equal(journal.OfType<JournalRecord.BudgetReached>().Select(one => (one.Cycle, one.StepsDone)).Take(ended.Length), ended);
    }
}
