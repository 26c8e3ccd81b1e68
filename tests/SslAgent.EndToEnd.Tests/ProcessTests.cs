using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace SslAgent.EndToEnd.Tests;

/// <summary>What an operator types, on the real program.</summary>
public sealed class ProcessTests
{
    private const int Ready = 7001, CycleEnded = 7011, ServingVersion = 7030;

    [Fact]
    public async Task An_operator_runs_it_embeds_looks_rolls_back_and_stops_it()
    {
        await using var bench = new Bench();
        string config = WriteConfig(bench, "run");
        await bench.SendAsync(400);
        await using var daemon = new AgentProcess("run", "--config", config);
        Uri address = new((await daemon.EventAsync(Ready, bench.Limit)).GetProperty("Address").GetString()!);
        await daemon.EventAsync(ServingVersion, bench.Limit);
        await daemon.EventAsync(ServingVersion, bench.Limit);

        using var http = new HttpClient { BaseAddress = address };
        using HttpResponseMessage answer = await http.PostAsJsonAsync("/v1/embeddings", new { model = "text", input = "status installed libc6" }, bench.Limit);
        JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>(bench.Limit);
        Assert.True(answer.IsSuccessStatusCode, body.ToString());
        Assert.Equal(64, body.GetProperty("data")[0].GetProperty("embedding").GetArrayLength());
        string metrics = await http.GetStringAsync("/metrics", bench.Limit);
        foreach (string part in (string[])["sslagent_replay", "sslagent_learning_steps_total{objective=\"mlm\"}", "sslagent_learning_loss{objective=\"mlm\"}", "sslagent_cycles_probe_loss{"])
            Assert.Contains(part, metrics, StringComparison.Ordinal);

        (int code, string output, string errors) = await AgentProcess.RunAsync(bench.Limit, "status", "--config", config, "-o", "json");
        Assert.True(code == 0, output + errors);
        Assert.Equal("v2", JsonDocument.Parse(output).RootElement.GetProperty("serving").GetString());
        (code, output, errors) = await AgentProcess.RunAsync(
            bench.Limit, "checkpoints", "rollback", "v1", "--reason", "a test", "--config", config, "-o", "json");
        Assert.True(code == 0, output + errors);
        Assert.Equal("v3", JsonDocument.Parse(output).RootElement.GetProperty("published").GetString());
        (code, output, errors) = await AgentProcess.RunAsync(bench.Limit, "checkpoints", "verify", "--config", config);
        Assert.True(code == 0, output + errors);

        daemon.SendTerminate();
        (int exit, string said) = await daemon.ExitAsync(bench.Limit);
        Assert.True(exit == 0, said);
        (code, output, errors) = await AgentProcess.RunAsync(bench.Limit, "checkpoints", "rollback", "v2", "--reason", "undo", "--config", config);
        Assert.True(code == 0, output + errors);
        Assert.Contains("v4 is v2 anew", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("checkpoints", "list")]
    [InlineData("checkpoints", "rollback", "v1", "--dry-run")]
    [InlineData("replay", "stats")]
    [InlineData("audit")]
    public async Task Who_may_not_look_into_the_state_is_told_so_and_not_that_there_is_none(params string[] command)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("permissions are set otherwise there");
        await using var bench = new Bench();
        string state = Path.Combine(bench.Root, "closed");
        Directory.CreateDirectory(state);
        await ChangeModeAsync("000", state, bench.Limit);
        (int code, string output, string errors) = await AgentProcess.RunUnprivilegedAsync([.. command, "--state", state], bench.Limit);
        await ChangeModeAsync("700", state, bench.Limit);

        Assert.True(code == 4, $"{code}: {output}{errors}");
        Assert.Contains("do it as the one that the daemon runs as", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_outright_it_arrives_at_the_same_weights()
    {
        await using var bench = new Bench();
        await bench.SendAsync(400);
        string whole = WriteConfig(bench, "whole"), killed = WriteConfig(bench, "killed");
        string[] expected = await DigestsAsync(bench, whole);

        // Killed when the first cycle has ended: its version may or may not be on disk, the second may or may not have begun.
        await using (var victim = new AgentProcess("run", "--config", killed))
        {
            await victim.EventAsync(CycleEnded, bench.Limit);
            victim.Kill();
            await victim.ExitAsync(bench.Limit);
        }

        Assert.Equal(expected, await DigestsAsync(bench, killed));
    }

    [Fact]
    public async Task A_faulty_configuration_is_refused_with_every_fault()
    {
        await using var bench = new Bench();
        (int code, _, string errors) = await AgentProcess.RunAsync(
            bench.Limit, "run", "--state", bench.Root, "--set", "learning:batchSize=0", "--set", "cycle:stepsMx=3");
        Assert.Equal(2, code);
        Assert.Contains("batchSize", errors, StringComparison.Ordinal);
        Assert.Contains("stepsMax", errors, StringComparison.Ordinal);
    }

    /// <summary>Runs until two versions are on disk, stops cleanly, and reads what the manifests say.</summary>
    private static async Task<string[]> DigestsAsync(Bench bench, string config)
    {
        string versions = Path.Combine(Path.GetDirectoryName(config)!, "versions");
        await using (var daemon = new AgentProcess("run", "--config", config))
        {
            await daemon.EventAsync(Ready, bench.Limit);
            while (!Directory.Exists(Path.Combine(versions, "v000002"))) await daemon.EventAsync(ServingVersion, bench.Limit);
            daemon.SendTerminate();
            (int exit, string errors) = await daemon.ExitAsync(bench.Limit);
            Assert.True(exit == 0, errors);
        }

        return
        [
            .. Directory.GetDirectories(versions, "v*").Order(StringComparer.Ordinal).Select(version =>
                JsonDocument.Parse(File.ReadAllText(Path.Combine(version, "manifest.json"))).RootElement.GetProperty("weightsDigest").GetString()!),
        ];
    }

    private static async Task ChangeModeAsync(string mode, string path, CancellationToken limit)
    {
        using Process chmod = Process.Start("chmod", [mode, path]);
        await chmod.WaitForExitAsync(limit);
        Assert.Equal(0, chmod.ExitCode);
    }

    private static string WriteConfig(Bench bench, string state)
    {
        string directory = Path.Combine(bench.Root, state), file = Path.Combine(directory, "agent.json");
        Directory.CreateDirectory(directory);
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $$"""
            {
              // As Bench.Settings has it, typed as an operator would.
              "agent": { "stateDirectory": "{{directory}}", "seed": 7 },
              "kafka": {
                "bootstrapServers": "{{bench.BootstrapServers}}", "topics": ["{{bench.Topic}}"], "assignment": "manual", "groupId": "{{bench.Group(state)}}"
              },
              "ingest": { "frames": { "storedSize": 32 } },
              "replay": { "sentinelOneIn": 5, "eraSamples": 200 },
              "model": {
                "imageSize": 32, "patchSize": 8, "vocabularySize": 600, "textTokens": 32, "frameLayers": 2, "frameWidth": 64, "frameHeads": 2,
                "decoderLayers": 1, "decoderWidth": 32, "decoderHeads": 2, "textLayers": 2, "textWidth": 64, "textHeads": 2, "jointWidth": 32
              },
              "learning": { "batchSize": 16, "dtype": "fp32", "device": "cpu", "threads": 1, "warmupSteps": 5, "probeSentinelsMax": 32 },
              "tokenizer": { "corpusBytes": 4096, "corpusSamples": 100 },
              "cycle": { "interval": null, "samplesTrigger": 150, "waitForLearner": true, "samplesMin": 32, "stepsMax": 12, "timeMax": null },
              "serving": { "listen": "127.0.0.1:0" },
              "logging": { "console": "json", "file": "none" }
            }
            """));
        return file;
    }
}
