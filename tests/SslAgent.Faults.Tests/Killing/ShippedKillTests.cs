using System.Collections.Concurrent;
using System.Diagnostics;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Faults.Victim;
using SslAgent.Hosting;
using SslAgent.Ingest;
using SslAgent.Learning.Options;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>
/// The real process as it is shipped, killed at random: several partitions through a consumer group, cycles by the clock that nobody waits for and that the clock
/// ends, resume points all the while; and among the objectives one with a queue and a slow copy, beside the average that is served. No two runs over one
/// stream are the same here: the journal alone says what the weights have to be.
/// </summary>
[Collection(ProcessCollection.Name)]
public sealed class ShippedKillTests(ITestOutputHelper output)
{
    private const int Partitions = 3, WaveMessages = 60, Version = 4, Lanes = 4, SignsMax = 150, MillisecondsMax = 300;

    // A configuration may say no less than 10 s and 1 s.
    private static readonly CycleTimes Short = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(300));

    [Fact]
    public async Task Killed_at_random_moments_as_it_is_shipped_it_arrives_at_the_weights_of_a_fold_of_its_journal()
    {
        (int chains, int kills) = Torture.IsOn ? (10, 10) : (2, 3);
        long began = Stopwatch.GetTimestamp();
        output.WriteLine($"seed {Torture.Seed}");
        // Most of the time they wait for a killed member's session to be over.
        var lanes = new KillLanes(expected: null, output) { Lanes = Lanes };
        var resumptions = new ConcurrentBag<Resumption>();
        int cycles = 0, byTime = 0;
        foreach (int[] numbers in Enumerable.Range(1, chains).Chunk(Lanes))
        {
            FaultBench[] benches = [.. numbers.Select(_ => new FaultBench(WaveMessages * (kills + 1), partitions: Partitions, waves: kills + 1))];
            try
            {
                await lanes.RunAsync(numbers.Zip(benches, (number, bench) => ChainOf(number, bench, kills)).ToList());
            }
            finally
            {
                foreach (FaultBench bench in benches) bench.Dispose();
            }
        }

        Assert.Equal(chains * kills, lanes.Kills);
        Assert.NotEmpty(resumptions);
        Assert.DoesNotContain(resumptions, resumption => resumption.RepeatsSteps);
        Assert.True(byTime > cycles / 2, $"{byTime} of {cycles} cycles were ended by the clock");
        var figures = new Figures("random kills, as shipped", output);
        lanes.Report(figures);
        figures.Add("went on from a resume point", resumptions.Count);
        figures.Add("cycles", cycles);
        figures.Add("ended by the clock", byTime);
        figures.Add("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds);
        figures.Add("seed", Torture.Seed);

        KillChain ChainOf(int number, FaultBench bench, int kills)
        {
            string name = $"shipped-{number}";
            var chain = new KillChain(bench, name)
            {
                Settings = AsShipped(bench.Settings(name)), Times = Short, Version = Version,
                Assassin = new Assassin(bench, Torture.Seed + number, kills).StrikeAsync,
            };
            chain.Ended += () =>
            {
                foreach (Resumption resumption in Resumption.All(chain)) resumptions.Add(resumption);
                IReadOnlyList<JournalRecord> journal = chain.Journal();
                Assert.All(journal.OfType<JournalRecord.CycleStarted>(), started => Assert.Equal(CycleJob.Interval, started.Trigger));
                Interlocked.Add(ref cycles, journal.OfType<JournalRecord.CycleEnded>().Count());
                Interlocked.Add(ref byTime, journal.OfType<JournalRecord.BudgetReached>().Count());
            };
            return chain;
        }
    }

    /// <summary>What bears on when cycles begin and end, and on how messages come, is the shipped default; the network stays small.</summary>
    private static AgentSettings AsShipped(AgentSettings settings) => settings with
    {
        Kafka = settings.Kafka with
        {
            Assignment = new KafkaOptions().Assignment,
            // A killed member stays in its group until its session is over.
            Properties = new Dictionary<string, string> { ["session.timeout.ms"] = "6000", ["heartbeat.interval.ms"] = "200" },
        },
        Learning = settings.Learning with
        {
            EmaDecay = 0.9,
            Objectives =
            [
                new() { Name = "mae" }, new() { Name = "mlm" }, new() { Name = "clip" },
                new ObjectiveOptions { Name = "moco-v2", Knobs = new Dictionary<string, double> { ["queue"] = 64, ["momentum"] = 0.9 } },
            ],
        },
        // More steps than fit into the time.
        Cycle = new() { Interval = TimeSpan.FromSeconds(1), SamplesMin = 16, StepsMin = 1_000, StepsMax = 100_000 },
    };

    /// <summary>Sends the next wave to each process but the first, which finds one there; kills so many, and lets the next one live.</summary>
    private sealed class Assassin(FaultBench bench, int seed, int kills)
    {
        private readonly Random _chance = new(seed);
        private int _lives;

        public async Task StrikeAsync(VictimRun victim, CancellationToken limit)
        {
            if (_lives++ > 0) bench.SendWave();
            if (_lives > kills) return;
            // Joining the group takes seconds: every second one is killed where the stream comes in, the others while nothing does.
            bool isInStream = _lives % 2 == 1;
            if (isInStream && !await victim.AwaitAsync("ingested", limit)) return;
            if (!await victim.AwaitProgressAsync(_chance.Next(isInStream ? SignsMax / 10 : SignsMax), limit)) return;
            await Task.Delay(new TimeSpan(_chance.Next(MillisecondsMax) * TimeSpan.TicksPerMillisecond), TimeProvider.System, limit);
            victim.Kill();
        }
    }
}
