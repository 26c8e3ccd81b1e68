using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Learning from films, whose frames lie in time, by the commands that a user types.</summary>
public sealed class FilmTests : IDisposable
{
    private const int Films = 3, FramesEach = 80, FrameMs = 100, Side = 32;

    private static readonly string[] Stages = ["--stage", "tcn+cpc+temporal-order+world-model:3"];

    private readonly string _root = Directory.CreateTempSubdirectory("films-").FullName;
    private readonly CancellationToken _limit = new CancellationTokenSource(TimeSpan.FromMinutes(10)).Token;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Stopped_and_begun_again_it_arrives_at_the_same_weights_and_surprises_and_an_audit_agrees()
    {
        await WriteFilmsAsync();
        (int code, _, string error) = await Typed.RunAsync(Arguments("undisturbed"), _limit);
        Assert.True(code == ExitCode.Ok, error);
        IReadOnlyList<VersionManifest> undisturbed = Versions("undisturbed");
        Assert.True(undisturbed.Count >= 2, $"{undisturbed.Count} versions");

        for (int lives = 0; ; lives++)
        {
            Assert.True(lives < 12, "it comes to an end");
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_limit);
            using StopsAtVersion told = new(stop);
            using StringWriter wrong = new();
            code = await CommandLine.RunAsync(Arguments("disturbed"), told, wrong, stop.Token);
            Assert.True(code == ExitCode.Ok, wrong.ToString());
            if (told.ToString().Contains("goes on from here", StringComparison.Ordinal)) continue;
            Assert.True(lives > 0, "it was stopped at least once");
            break;
        }

        IReadOnlyList<VersionManifest> disturbed = Versions("disturbed");
        Assert.Equal(undisturbed.Select(version => version.WeightsDigest), disturbed.Select(version => version.WeightsDigest));
        Assert.Equal(SurprisesOf(undisturbed[0]), SurprisesOf(disturbed[0]));
        Assert.Equal(["film 0", "film 1", "film 2"], SurprisesOf(undisturbed[0]).Select(one => one.Source));
        Assert.Contains("sourceWeights", undisturbed[0].Plan.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(4, undisturbed[0].Probe.Eras.Select(era => era.Objective).Distinct().Count());

        (code, string output, error) = await Typed.RunAsync(["audit", "--config", Config("disturbed")], _limit);
        Assert.True(code == ExitCode.Ok, output + error);
    }

    /// <summary>A bright square that walks over a ground, in its own way in each film, and a list of the pictures with source and time.</summary>
    private async Task WriteFilmsAsync()
    {
        var codec = new VipsFrameCodec(new FrameOptions());
        var lines = new List<string>();
        for (int film = 0; film < Films; film++)
        {
            for (int number = 0; number < FramesEach; number++)
            {
                string file = $"film{film}-{number:000}.png";
                byte[] rgb = new byte[Side * Side * 3];
                for (int pixel = 0; pixel < Side * Side; pixel++)
                {
                    bool isInside = Math.Abs((pixel % Side) - (number * (film + 1) % Side)) < 5 && Math.Abs((pixel / Side) - (8 + (6 * film))) < 5;
                    rgb.AsSpan(3 * pixel, 3).Fill((byte)(isInside ? 240 : 30 + (40 * film)));
                }

                await File.WriteAllBytesAsync(Path.Combine(_root, file), codec.EncodePng(new Frame(Side, Side, rgb)), _limit);
                lines.Add($$"""{"file": "{{file}}", "source": "film {{film}}", "ts": {{1_700_000_000_000 + (number * FrameMs)}}}""");
            }
        }

        await File.WriteAllLinesAsync(Path.Combine(_root, "films.jsonl"), lines, _limit);
    }

    private string Config(string state)
    {
        AgentSettings settings = new()
        {
            Agent = new() { StateDirectory = Path.Combine(_root, state), Seed = 7, DiskFreeMin = 0 },
            Kafka = new() { Topics = ["none"] },
            Ingest = new() { Frames = new() { StoredSize = Side } },
            Replay = new() { SentinelOneIn = 4, SentinelsByTime = true, SentinelBlock = TimeSpan.FromSeconds(1.6), EraSamples = 1000, Surprise = 1 },
            Model = new()
            {
                ImageSize = Side, PatchSize = 8, VocabularySize = 600, TextTokens = 32, FrameLayers = 2, FrameWidth = 32, FrameHeads = 2, DecoderLayers = 1,
                DecoderWidth = 32, DecoderHeads = 2, TextLayers = 1, TextWidth = 32, TextHeads = 2, JointWidth = 32,
            },
            Learning = new() { BatchSize = 16, Dtype = "fp32", Device = "cpu", Threads = 1, WarmupSteps = 5, FlagInterval = 4, ProbeSentinelsMax = 32 },
            Pretraining = new() { StepsPerVersion = 60 },
            Logging = new() { File = "none" },
        };
        string file = Path.Combine(_root, $"{state}.json");
        File.WriteAllText(file, new SettingsPrinter(new LayeredValues([]), withOrigins: false).Print(settings));
        return file;
    }

    private string[] Arguments(string state) => ["pretrain", Path.Combine(_root, "films.jsonl"), "--config", Config(state), .. Stages];

    private IReadOnlyList<VersionManifest> Versions(string state) =>
        VersionStore.Open(LocalDisk.Instance, Path.Combine(_root, state, "versions"), StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance).List();

    private static IReadOnlyList<SourceSurprise> SurprisesOf(VersionManifest version) => Check.NotNull(version.Report, "a cycle has a report").Surprises;
}
