using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Tests.Disk;

/// <summary>A wall clock that jumps, backwards too, changes nothing but timestamps.</summary>
public sealed class ClockTests(UndisturbedRun undisturbed) : IClassFixture<UndisturbedRun>
{
    [Fact]
    public async Task Under_a_jumping_clock_the_weights_are_the_same_and_nothing_is_lost()
    {
        await using var bench = new Bench();
        var clock = new JumpingClock();
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(bench.Settings(), observer, disk: null, clock);
        await bench.SendAsync(UndisturbedRun.Messages);
        VersionManifest first = await observer.NextVersionAsync(bench.Limit), second = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(undisturbed.Digests, [first.WeightsDigest, second.WeightsDigest]);
        IngestCounts counts = await observer.CountsAsync(
            counts => counts.FramesAdmitted + counts.TextsAdmitted - counts.PairsAdmitted + counts.SentinelsAdmitted == UndisturbedRun.Messages, bench.Limit);
        Assert.Equal(0, counts.Rejected);
        AgentStatus status = agent.Status();
        Assert.True(status.Health == AgentHealth.Healthy, string.Join("; ", status.Problems));
        Assert.True(clock.Looks > 10, "somebody looked at the clock");
        await agent.StopAsync();
        Assert.Null(agent.Fault);
    }

    /// <summary>Its wall clock is hours off, now ahead and now behind, at each look; time that is measured goes on as it does.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private int _looks;

        public int Looks => Volatile.Read(ref _looks);

        public override DateTimeOffset GetUtcNow()
        {
            int look = Interlocked.Increment(ref _looks);
            return base.GetUtcNow() + TimeSpan.FromHours(look % 2 == 0 ? 5 : -7);
        }
    }
}
