using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>A folder for data and states, and a network as small as may be, for <c>sslagent pretrain</c> as a user types it. All goes with it.</summary>
/// <param name="change">What a test wants otherwise.</param>
internal sealed class PretrainPlace(Func<AgentSettings, AgentSettings>? change = null) : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("pretrain-").FullName;

    /// <summary>No test waits longer for all that it does.</summary>
    public CancellationToken Limit { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Writes a file below the root; gives its path.</summary>
    public string Write(string name, byte[] content)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? Root);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string StateOf(string state) => Path.Combine(Root, "states", state);

    /// <summary>Four steps to a version, sentinels one in five, the tokenizer's corpus as by default.</summary>
    public string Config(string state)
    {
        AgentSettings settings = new()
        {
            Agent = new() { StateDirectory = StateOf(state), Seed = 7, DiskFreeMin = 0 },
            Kafka = new() { Topics = ["none"] },
            Ingest = new() { Frames = new() { StoredSize = 32 } },
            Replay = new() { SentinelOneIn = 5, EraSamples = 200 },
            Model = new()
            {
                ImageSize = 32, PatchSize = 8, VocabularySize = 400, TextTokens = 32, FrameLayers = 1, FrameWidth = 32, FrameHeads = 2, DecoderLayers = 1,
                DecoderWidth = 32, DecoderHeads = 2, TextLayers = 1, TextWidth = 32, TextHeads = 2, JointWidth = 32,
            },
            Learning = new() { BatchSize = 16, Dtype = "fp32", Device = "cpu", Threads = 1, WarmupSteps = 5, FlagInterval = 2, ProbeSentinelsMax = 32 },
            Checkpoints = new() { KeepTrainingState = 20 },
            Pretraining = new() { StepsPerVersion = 4 },
            Logging = new() { File = "none" },
        };
        if (change is not null) settings = change(settings);
        return Write($"{state}.json", System.Text.Encoding.UTF8.GetBytes(new SettingsPrinter(new LayeredValues([]), withOrigins: false).Print(settings)));
    }

    public Task<(int Code, string Output, string Error)> TypeAsync(string command, string state, params string[] words) =>
        Typed.RunAsync([.. command.Split(' '), "--config", Config(state), .. words], Limit);

    /// <summary>Pretrains; gives what was printed.</summary>
    public async Task<string> PretrainAsync(string state, params string[] words)
    {
        (int code, string output, string error) = await TypeAsync("pretrain", state, words);
        Assert.True(code == ExitCode.Ok, output + error);
        return output;
    }

    /// <summary>Pretrains, stopped at the first version of each life, until one comes to the end; gives how many there were.</summary>
    public async Task<int> PretrainInLivesAsync(string state, params string[] words)
    {
        const int livesMax = 12;
        for (int lives = 1; lives <= livesMax; lives++)
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Limit);
            using StopsAtVersion told = new(stop);
            using StringWriter wrong = new();
            int code = await CommandLine.RunAsync(["pretrain", "--config", Config(state), .. words], told, wrong, stop.Token);
            Assert.True(code == ExitCode.Ok, told.ToString() + wrong);
            if (!told.ToString().Contains("goes on from here", StringComparison.Ordinal)) return lives;
        }

        throw new TimeoutException($"it came to no end in {livesMax} lives");
    }

    /// <summary>Newest first; none where there is no store.</summary>
    public IReadOnlyList<VersionManifest> Versions(string state)
    {
        string folder = Path.Combine(StateOf(state), "versions");
        return Directory.Exists(folder) ? VersionStore.Open(LocalDisk.Instance, folder, StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance).List() : [];
    }

    /// <summary>Samples in the journal to learn from, and held out.</summary>
    public async Task<long> AdmittedAsync(string state)
    {
        (int code, string output, string error) = await TypeAsync("replay stats", state, "-o", "json");
        Assert.True(code == ExitCode.Ok, error);
        JsonElement stats = JsonDocument.Parse(output).RootElement;
        return stats.GetProperty("trainableAdmitted").GetInt64() + stats.GetProperty("sentinelsAdmitted").GetInt64();
    }
}
