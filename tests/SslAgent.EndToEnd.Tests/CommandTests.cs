using System.Text.Json;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Demo;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

/// <summary>The commands over a state that a real agent made, beside it and after it.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Commands_look_beside_a_running_daemon_and_change_state_with_or_without_one()
    {
        await using var bench = new Bench();
        var observer = new RecordingObserver();
        string config = Path.Combine(bench.Root, "agent.json"), lines = Path.Combine(bench.Root, "lines.txt");
        AgentSettings settings = bench.Settings();
        await File.WriteAllTextAsync(config, new SettingsPrinter(new LayeredValues([]), withOrigins: false).Print(settings), bench.Limit);
        await File.WriteAllLinesAsync(lines, File.ReadLines(Path.Combine(AssetsFolder.Logs, "dpkg.log")).Take(20), bench.Limit);
        await bench.SendAsync(400);
        Agent agent = await bench.StartAsync(settings, observer);
        await observer.NextVersionAsync(bench.Limit);
        await observer.NextVersionAsync(bench.Limit);

        JsonElement status = await JsonOf(bench, "status", "--config", config, "-o", "json");
        Assert.Equal("v2", status.GetProperty("head").GetString());
        string serving = status.GetProperty("serving").GetString()!;
        Assert.Equal(2, (await JsonOf(bench, "checkpoints", "list", "--config", config, "-o", "json")).GetArrayLength());
        JsonElement running = await JsonOf(bench, "checkpoints", "rollback", "v1", "--reason", "a try", "--config", config, "-o", "json");
        Assert.Equal("v3", running.GetProperty("published").GetString());
        float[][] served = await VectorsAsync(bench, config, lines, "served.jsonl", "--set", $"serving:listen=127.0.0.1:{agent.Address.Port}");
        await agent.StopAsync();

        Assert.Equal(3, (await RunAsync(bench, "status", "--config", config)).Code);
        Assert.NotEmpty(serving);
        float[][] stored = await VectorsAsync(bench, config, lines, "stored.jsonl", "--version", "SERVING");
        Assert.Equal(served.Length, stored.Length);
        for (int i = 0; i < stored.Length; i++) Assert.All(stored[i].Zip(served[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Contains("all sound", (await RunAsync(bench, "replay", "verify", "--config", config)).Output, StringComparison.Ordinal);
        Assert.Contains("3 versions, all sound", (await RunAsync(bench, "checkpoints", "verify", "--config", config)).Output, StringComparison.Ordinal);
        JsonElement stats = await JsonOf(bench, "replay", "stats", "--config", config, "-o", "json");
        Assert.True(stats.GetProperty("sentinelsAdmitted").GetInt64() > 0);
        JsonElement stopped = await JsonOf(bench, "checkpoints", "rollback", "v2", "--replay", "keep", "--reason", "undo", "--config", config, "-o", "json");
        Assert.Equal("v4", stopped.GetProperty("published").GetString());

        agent = await bench.StartAsync(settings, new RecordingObserver());
        Assert.Equal(4, agent.Status().Head?.Number);
    }

    private static async Task<float[][]> VectorsAsync(Bench bench, string config, string input, string name, params string[] route)
    {
        string to = Path.Combine(bench.Root, name);
        (int code, _, string error) = await RunAsync(bench, ["embed", input, "--model", "text", "--out", to, "--config", config, .. route]);
        Assert.True(code == ExitCode.Ok, error);
        return
        [
            .. (await File.ReadAllLinesAsync(to, bench.Limit)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("embedding")
                .EnumerateArray().Select(number => number.GetSingle()).ToArray()),
        ];
    }

    private static async Task<JsonElement> JsonOf(Bench bench, params string[] args)
    {
        (int code, string output, string error) = await RunAsync(bench, args);
        Assert.True(code is ExitCode.Ok or ExitCode.Failed, $"exit code {code}: {error}");
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Bench bench, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.RunAsync(args, output, error, bench.Limit);
        return (code, output.ToString(), error.ToString());
    }
}
