using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

/// <summary>State is a fold over the journal: whatever happens to the rest, the same journal gives the same bytes.</summary>
public sealed class FoldTests
{
    [Fact]
    public async Task Two_agents_over_one_stream_have_byte_identical_weights()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        IReadOnlyList<string> one = await DigestsAsync(bench, bench.Settings("one"), versions: 2);
        IReadOnlyList<string> two = await DigestsAsync(bench, bench.Settings("two"), versions: 2);
        Assert.Equal(one, two);
        Assert.NotEqual(one[0], one[1]);
    }

    [Fact]
    public async Task A_journal_alone_gives_all_versions_back_bit_for_bit()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.Settings();
        IReadOnlyList<string> before = await DigestsAsync(bench, settings, versions: 2);
        Directory.Delete(Path.Combine(settings.Agent.StateDirectory, "versions"), recursive: true);
        IReadOnlyList<string> after = await DigestsAsync(bench, settings, versions: 2);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_cycle_that_a_shutdown_cut_off_ends_with_the_same_bytes()
    {
        await using var bench = new Bench();
        await bench.SendAsync(200);
        AgentSettings settings = bench.Settings("cut");
        settings = settings with { Cycle = settings.Cycle with { StepsMax = 60 } };
        AgentSettings whole = bench.Settings("whole") with { Cycle = settings.Cycle };
        IReadOnlyList<string> undisturbed = await DigestsAsync(bench, whole, versions: 1);

        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextStepAsync(bench.Limit);
        await agent.StopAsync();
        Assert.Empty(Directory.GetDirectories(Path.Combine(settings.Agent.StateDirectory, "versions"), "v*"));

        Assert.Equal(undisturbed, await DigestsAsync(bench, settings, versions: 1));
    }

    [Fact]
    public async Task A_version_lost_with_its_files_is_made_anew_from_the_one_before()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.Settings();
        IReadOnlyList<string> before = await DigestsAsync(bench, settings, versions: 2);
        Directory.Delete(Directory.GetDirectories(Path.Combine(settings.Agent.StateDirectory, "versions"), "v*2").Single(), recursive: true);
        var observer = new RecordingObserver();
        await using Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest again = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(2), before[1]), (again.Version, again.WeightsDigest));
    }

    [Theory]
    [InlineData("training.safetensors")]
    [InlineData("replay.bin")]
    [InlineData("manifest.json")]
    public async Task A_version_damaged_on_disk_is_made_anew_from_the_one_before(string file)
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        AgentSettings settings = bench.Settings();
        IReadOnlyList<string> before = await DigestsAsync(bench, settings, versions: 2);
        string damaged = Path.Combine(Directory.GetDirectories(Path.Combine(settings.Agent.StateDirectory, "versions"), "v*2").Single(), file);
        byte[] bytes = await File.ReadAllBytesAsync(damaged, bench.Limit);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, bench.Limit);
        var observer = new RecordingObserver();
        await using Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest again = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((new ModelVersion(2), before[1]), (again.Version, again.WeightsDigest));
        Assert.Equal(new ModelVersion(2), agent.Status().Head);
    }

    private static async Task<IReadOnlyList<string>> DigestsAsync(Bench bench, AgentSettings settings, int versions)
    {
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        var digests = new List<string>();
        for (int i = 0; i < versions; i++) digests.Add((await observer.NextVersionAsync(bench.Limit)).WeightsDigest);
        await agent.StopAsync();
        return digests;
    }
}
