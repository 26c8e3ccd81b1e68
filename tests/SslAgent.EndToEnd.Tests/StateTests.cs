using SslAgent.Configuration;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Which states an agent refuses to stand on, and what becomes of bad input.</summary>
public sealed class StateTests
{
    [Fact]
    public async Task A_second_daemon_on_one_state_directory_is_refused()
    {
        await using var bench = new Bench();
        await bench.StartAsync(bench.Settings(), new RecordingObserver());
        StorageException refusal = await Assert.ThrowsAsync<StorageException>(() => bench.StartAsync(bench.Settings(), new RecordingObserver()));
        Assert.Equal(StorageFault.Locked, refusal.Fault);
        Assert.Contains(Environment.ProcessId.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_network_on_existing_state_is_refused_with_the_values_and_can_begin_beside_it()
    {
        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        await (await bench.StartAsync(settings, new RecordingObserver())).StopAsync();
        AgentSettings other = settings with { Model = settings.Model with { FrameWidth = 128 } };
        StateRefusedException refusal = await Assert.ThrowsAsync<StateRefusedException>(() => bench.StartAsync(other, new RecordingObserver()));
        Assert.Contains("frameWidth is 128, and 64 in the stored state", refusal.Message, StringComparison.Ordinal);

        await bench.StartAsync(other with { Agent = other.Agent with { NewLineage = true } }, new RecordingObserver());
        Assert.Single(Directory.GetDirectories(Path.Combine(settings.Agent.StateDirectory, "lineages")));
    }

    [Fact]
    public async Task Bad_messages_are_counted_kept_and_sent_to_the_dead_letters()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        await bench.SendAsync(20);
        byte[] brokenJpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];
        byte[] brokenPng = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 9, 9];
        await bench.SendRawAsync(brokenJpeg, brokenPng);
        await bench.SendAsync(20);
        await using Agent agent = await bench.StartAsync(bench.Settings(), observer);
        IngestCounts counts = await observer.CountsAsync(now => now.Rejected == 2 && now.JournalPosition >= 42, bench.Limit);
        Assert.Equal(42, counts.JournalPosition);
        IReadOnlyList<byte[]> dead = await DeadLetterReader.ReadAsync(bench.BootstrapServers, bench.DeadLetterTopic, 2, bench.Limit);
        Assert.Equal([brokenJpeg, brokenPng], dead.OrderByDescending(value => value[0]));
    }
}
