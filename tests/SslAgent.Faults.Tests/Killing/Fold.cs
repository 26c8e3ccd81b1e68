using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Pipeline;
using SslAgent.Storage;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>An agent in the test's own process that nobody disturbs; what its versions are is what they have to be.</summary>
internal static class Fold
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // Training in this process is one thread's work; several at once only slow each other down.
    private static readonly SemaphoreSlim One = new(1, 1);

    /// <summary>All versions over the whole stream, from nothing: number and digest.</summary>
    public static async Task<IReadOnlyDictionary<int, string>> OverStreamAsync(FaultBench bench, string state)
    {
        AgentSettings settings = Undisturbed(bench.Settings(state));
        return await RunAsync(settings, async (agent, observer, limit) =>
        {
            await observer.CountsAsync(_ => agent.Status().Partitions is [{ } partition] && partition.NextOffset >= bench.Messages, limit);
            return CyclesBegun(settings);
        });
    }

    /// <summary>All versions over a journal, up to this one: number and digest. Versions that are there already are stood on, the others made.</summary>
    public static Task<IReadOnlyDictionary<int, string>> OverJournalAsync(AgentSettings settings, int last) =>
        RunAsync(Undisturbed(settings), (_, _, _) => Task.FromResult(last));

    private static AgentSettings Undisturbed(AgentSettings settings) => settings with
    {
        Checkpoints = new(),
        Audit = new() { Horizon = 1_000 },
        Kafka = settings.Kafka with { DeadLetterTopic = null, GroupId = settings.Kafka.GroupId + "-fold" },
    };

    /// <summary>Ingest waits at each trigger until its cycle is in the journal: once the stream is, so are all cycles.</summary>
    private static int CyclesBegun(AgentSettings settings)
    {
        string copy = Directory.CreateDirectory(settings.Agent.StateDirectory + "-decisions").FullName;
        foreach (string file in Directory.GetFiles(new StateDirectory(settings.Agent.StateDirectory).Journal, "decisions-*.seg"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return JournalOracle.Read(copy).OfType<JournalRecord.CycleStarted>().Count();
    }

    private static async Task<IReadOnlyDictionary<int, string>> RunAsync(
        AgentSettings settings, Func<Agent, RecordingObserver, CancellationToken, Task<int>> last)
    {
        await One.WaitAsync();
        try
        {
            using CancellationTokenSource limit = new(Limit);
            var observer = new RecordingObserver();
            var time = TimeProvider.System;
            await using var agent = new Agent(settings, observer, time, LocalDisk.Instance, new LoopHealth(time), NullLoggerFactory.Instance);
            agent.Failed += _ => limit.Cancel();
            await agent.StartAsync(limit.Token);
            int until = await last(agent, observer, limit.Token);
            var digests = agent.Versions().ToDictionary(manifest => manifest.Version.Number, manifest => manifest.WeightsDigest);
            try
            {
                while (!digests.ContainsKey(until))
                {
                    VersionManifest next = await observer.NextVersionAsync(limit.Token);
                    digests[next.Version.Number] = next.WeightsDigest;
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(
                    $"{settings.Agent.StateDirectory}: v{until} did not come, v{digests.Keys.DefaultIfEmpty().Max()} did; fault: {agent.Fault?.ToString() ?? "none"}; {agent.Status()}");
            }

            await agent.StopAsync();
            foreach (VersionManifest made in agent.Versions()) digests[made.Version.Number] = made.WeightsDigest;
            return digests;
        }
        finally
        {
            One.Release();
        }
    }
}
