using System.Diagnostics;
using SslAgent.Replay;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>The real process, killed from outside at any moment: after a drawn number of signs of life and a drawn time more.</summary>
[Collection(ProcessCollection.Name)]
public sealed class RandomKillTests(KillReference reference, ITestOutputHelper output)
{
    private const int ChainKills = 10, SignsMax = 30, MillisecondsMax = 60;

    [Theory]
    [InlineData(ReplayPolicy.Reservoir)]
    [InlineData(ReplayPolicy.Minred)]
    public async Task Killed_at_random_moments_it_arrives_at_the_weights_of_an_unkilled_run(ReplayPolicy policy)
    {
        int kills = Torture.IsOn ? 200 : policy == ReplayPolicy.Reservoir ? 10 : 5;
        long began = Stopwatch.GetTimestamp();
        output.WriteLine($"seed {Torture.Seed}");
        (FaultBench bench, IReadOnlyDictionary<int, string> expected) = await reference.OfAsync(policy);
        var lanes = new KillLanes(expected, output);
        for (int round = 1; lanes.Kills < kills; round++)
        {
            int chains = (kills - lanes.Kills + ChainKills - 1) / ChainKills;
            await lanes.RunAsync(Enumerable.Range(1, chains).Select(chain => new KillChain(bench, $"random-{policy}-{round}-{chain}")
            {
                Version = expected.Keys.Max(), Assassin = new Assassin(Torture.Seed + 1_000 * round + chain, ChainKills).StrikeAsync,
            }));
        }

        var figures = new Figures(policy == ReplayPolicy.Reservoir ? "random kills" : $"random kills, {policy}", output);
        lanes.Report(figures);
        figures.Add("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds);
        figures.Add("seed", Torture.Seed);
    }

    /// <summary>Kills so many processes, then lets the next one live.</summary>
    private sealed class Assassin(int seed, int kills)
    {
        private readonly Random _chance = new(seed);
        private int _left = kills;

        public async Task StrikeAsync(VictimRun victim, CancellationToken limit)
        {
            if (_left-- <= 0) return;
            if (!await victim.AwaitProgressAsync(_chance.Next(SignsMax), limit)) return;
            await Task.Delay(new TimeSpan(_chance.Next(MillisecondsMax) * TimeSpan.TicksPerMillisecond), TimeProvider.System, limit);
            victim.Kill();
        }
    }
}
