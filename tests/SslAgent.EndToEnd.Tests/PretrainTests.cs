using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Commands;
using SslAgent.Configuration;
using SslAgent.Demo;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Producing;
using SslAgent.Pipeline;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Pretraining on real pictures and lines in files, and asking labelled data about what came of it, by the commands that a user types.</summary>
public sealed class PretrainTests : IDisposable
{
    private const int Pictures = 160;

    private readonly PretrainPlace _place = new(settings => settings with
    {
        Model = settings.Model with { VocabularySize = 600, FrameLayers = 2, FrameWidth = 64, TextLayers = 2, TextWidth = 64 },
        Learning = settings.Learning with { FlagInterval = 4 },
        Checkpoints = new(),
        Tokenizer = new() { CorpusBytes = 4_096, CorpusSamples = 100 },
        Pretraining = new() { StepsPerVersion = 30 },
    });

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Stopped_in_the_middle_and_begun_again_it_arrives_at_the_weights_of_an_undisturbed_run()
    {
        await WriteDataAsync();
        string[] stages = ["--stage", "mae+mlm+clip:2", "--stage", "simsiam:1"];

        (int code, string output, string error) = await RunAsync("undisturbed", stages);
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("stage 2 of 2: simsiam", output, StringComparison.Ordinal);
        Assert.Contains("1 rejected", output, StringComparison.Ordinal);
        IReadOnlyList<VersionManifest> undisturbed = _place.Versions("undisturbed");
        Assert.True(undisturbed.Count >= 3, $"{undisturbed.Count} versions");

        Assert.True(await _place.PretrainInLivesAsync("disturbed", Words(stages)) > 1, "it was stopped at least once");
        IReadOnlyList<VersionManifest> disturbed = _place.Versions("disturbed");
        Assert.Equal(Digests(undisturbed), Digests(disturbed));

        (code, output, _) = await RunAsync("disturbed", stages);
        Assert.Equal((ExitCode.Ok, disturbed.Count), (code, _place.Versions("disturbed").Count));

        (code, output, error) = await RunAsync("disturbed", "--stage", "mae:1", "--from", "v1");
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("v1", output, StringComparison.Ordinal);
        Assert.True(_place.Versions("disturbed").Count > disturbed.Count + 1, "a version went back, and at least one was trained on it");
    }

    [Fact]
    public async Task A_topic_is_read_to_its_end_of_now_and_in_several_lives_gives_the_weights_of_an_undisturbed_run()
    {
        using var cluster = new TestCluster(partitions: 2, brokers: 1);
        string[] lines = [.. File.ReadLines(Path.Combine(AssetsFolder.Logs, "dpkg.log")).Take(400)];
        await SendAsync(cluster, lines.Index().Select(line => new ContractMessage { Source = "host-1", Id = $"{line.Index}", TimeMs = 1_700_000_000_000 + line.Index, Text = line.Item }.To(cluster.Topic) with { Partition = line.Index % 2 }));
        await SendAsync(cluster, [new OutgoingMessage(cluster.Topic, null, [0x81, 0xA1], []) { Partition = 0 }]);
        string[] words = ["--topic", cluster.Topic, "--set", $"kafka:bootstrapServers={cluster.BootstrapServers}", "--stage", "mlm:3", "--stage", "simcse:1"];

        (int code, string output, string error) = await _place.TypeAsync("pretrain", "undisturbed", words);
        Assert.True(code == ExitCode.Ok, error + output);
        Assert.Contains("1 rejected", output, StringComparison.Ordinal);
        Assert.Equal(lines.Length, await _place.AdmittedAsync("undisturbed"));
        Assert.True(await _place.PretrainInLivesAsync("disturbed", words) > 1, "it was stopped at least once");
        Assert.Equal(Digests(_place.Versions("undisturbed")), Digests(_place.Versions("disturbed")));

        await SendAsync(cluster, [new ContractMessage { Source = "host-1", Id = "later", TimeMs = 1_700_000_001_000, Text = "what came later" }.To(cluster.Topic)]);
        (code, output, error) = await _place.TypeAsync("pretrain", "undisturbed", words);
        Assert.True(code == ExitCode.Ok, error + output);
        Assert.Equal(lines.Length + 1, await _place.AdmittedAsync("undisturbed"));
    }

    [Fact]
    public async Task A_topic_that_is_not_to_be_had_and_nothing_to_read_are_said()
    {
        using var cluster = new TestCluster(partitions: 1, brokers: 1);
        cluster.Broker.FailTopic(cluster.Topic, 29); // TOPIC_AUTHORIZATION_FAILED
        (int code, string output, string error) = await Typed.RunAsync(
            ["pretrain", "--topic", cluster.Topic, "--config", _place.Config("refused"), "--set", $"kafka:bootstrapServers={cluster.BootstrapServers}"], _place.Limit);
        Assert.True(code == ExitCode.Failed, output + error);
        Assert.Contains($"topic {cluster.Topic} at", output + error, StringComparison.Ordinal);

        (code, output, error) = await Typed.RunAsync(["pretrain", "--topic", "a topic", "--config", _place.Config("refused")], _place.Limit);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("'a topic'", output + error, StringComparison.Ordinal);
        (code, output, error) = await Typed.RunAsync(["pretrain", "--config", _place.Config("refused")], _place.Limit);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("at least one PATH or --topic", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_probed_on_labelled_pictures_and_says_what_its_vectors_are_worth()
    {
        await WriteDataAsync();
        (int code, _, string error) = await RunAsync("probed", "--stage", "mae:1");
        Assert.True(code == ExitCode.Ok, error);
        string json = Path.Combine(_place.Root, "probe.json"), png = Path.Combine(_place.Root, "probe.png");

        (code, string output, error) = await Typed.RunAsync(
            ["probe", Path.Combine(_place.Root, "pictures"), "--config", _place.Config("probed"), "--fine-tune", "4", "--shots", "1", "4", "1000", "--json", json, "--picture", png], _place.Limit);

        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("linear probe", output, StringComparison.Ordinal);
        JsonElement result = JsonDocument.Parse(await File.ReadAllBytesAsync(json, _place.Limit)).RootElement;
        Assert.Equal(64, result.GetProperty("width").GetInt32());
        Assert.Equal(Pictures, result.GetProperty("train").GetInt32() + result.GetProperty("test").GetInt32());
        Assert.Equal(1, result.GetProperty("refused").GetInt32());
        Assert.Equal([1, 4], result.GetProperty("fewShot").EnumerateArray().Select(shot => shot.GetProperty("shots").GetInt32()));
        foreach (string part in (string[])["features", "untrained"])
            Assert.All(result.GetProperty(part).EnumerateObject(), figure => Assert.InRange(figure.Value.GetDouble(), 0, 1));
        FrameDecoding picture = new VipsFrameCodec(new FrameOptions()).Decode(await File.ReadAllBytesAsync(png, _place.Limit));
        Assert.NotNull(picture.Frame);

        (code, string again, error) = await Typed.RunAsync(
            ["probe", Path.Combine(_place.Root, "pictures"), "--config", _place.Config("probed"), "--fine-tune", "4", "--shots", "1", "4", "1000"], _place.Limit);
        Assert.Equal((ExitCode.Ok, output), (code, again));
    }

    [Fact]
    public async Task Of_files_that_changed_only_what_is_new_is_learned_as_new()
    {
        await WriteDataAsync();
        (int code, _, string error) = await RunAsync("changed", "--stage", "mae:1");
        Assert.True(code == ExitCode.Ok, error);
        long before = await _place.AdmittedAsync("changed");

        await File.AppendAllTextAsync(Path.Combine(_place.Root, "app.log"), "a line that was not there\n", _place.Limit);
        string[] pictures = [.. Directory.GetFiles(Path.Combine(_place.Root, "pictures"), "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        File.Copy(pictures[0], Path.Combine(Path.GetDirectoryName(pictures[0]) ?? "", "0-again.png"));
        (code, _, error) = await RunAsync("changed", "--stage", "mae:1");
        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal(before + 2, await _place.AdmittedAsync("changed"));
    }

    [Fact]
    public async Task The_daemon_goes_on_with_what_was_pretrained_within_its_own_limits()
    {
        await WriteDataAsync();
        (int code, _, string error) = await RunAsync("state", "--stage", "mae+mlm+clip:1");
        Assert.True(code == ExitCode.Ok, error);
        ModelVersion pretrained = _place.Versions("state")[0].Version;

        await using var bench = new Bench();
        AgentSettings settings = bench.Settings();
        settings = settings with { Agent = settings.Agent with { StateDirectory = _place.StateOf("state") }, Replay = settings.Replay with { FramesMax = 60, TextsMax = 30, PairsMax = 30 } };
        await bench.SendAsync(400);
        var observer = new RecordingObserver();
        Agent agent = await bench.StartAsync(settings, observer);
        VersionManifest next = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal((pretrained, pretrained.Number + 1), (next.Parent, next.Version.Number));
        Assert.InRange(agent.Status().BufferFrames, 1, 60);
    }

    [Theory]
    [InlineData("nowhere", "is not there", ExitCode.Failed, "mae:1")]
    [InlineData("broken.bin", "no whole number of CIFAR records", ExitCode.Failed, "mae:1")]
    [InlineData("app.log", "has nothing to learn from", ExitCode.Usage, "mae:1")]
    [InlineData("pictures", "there is no objective 'mea'", ExitCode.Usage, "mea:1")]
    [InlineData("pictures", "a number of epochs", ExitCode.Usage, "mae:many")]
    public async Task What_cannot_be_learned_from_is_said(string data, string says, int expected, string stage)
    {
        await WriteDataAsync();
        (int code, string output, string error) = await Typed.RunAsync(["pretrain", Path.Combine(_place.Root, data), "--config", _place.Config("refused"), "--stage", stage], _place.Limit);
        Assert.Equal(expected, code);
        Assert.Contains(says, output + error, StringComparison.Ordinal);
    }

    /// <summary>Pictures in a folder a class, captions of some of them, log lines, and a file that only looks like a picture.</summary>
    private async Task WriteDataAsync()
    {
        var codec = new VipsFrameCodec(new FrameOptions());
        EmojiPair[] pairs = [.. EmojiSet.Load(AssetsFolder.Emoji).Where(pair => pair.Group is "Food & Drink" or "Activities" or "Flags").Take(Pictures)];
        var captions = new List<string>();
        foreach (EmojiPair pair in pairs)
        {
            string file = Path.Combine("pictures", pair.Group, $"{pair.Index:0000}.png");
            Directory.CreateDirectory(Path.Combine(_place.Root, "pictures", pair.Group));
            await File.WriteAllBytesAsync(Path.Combine(_place.Root, file), codec.EncodePng(pair.Frame), _place.Limit);
            if (pair.Index % 2 == 0) captions.Add($"{file}\t{pair.Caption}");
        }

        await File.WriteAllTextAsync(Path.Combine(_place.Root, "pictures", pairs[0].Group, "zz-broken.png"), "not a picture", _place.Limit);
        await File.WriteAllBytesAsync(Path.Combine(_place.Root, "broken.bin"), new byte[100], _place.Limit);
        await File.WriteAllLinesAsync(Path.Combine(_place.Root, "captions.tsv"), captions, _place.Limit);
        await File.WriteAllLinesAsync(Path.Combine(_place.Root, "app.log"), File.ReadLines(Path.Combine(AssetsFolder.Logs, "dpkg.log")).Take(200), _place.Limit);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(string state, params string[] more) => _place.TypeAsync("pretrain", state, Words(more));

    private string[] Words(string[] more) => [Path.Combine(_place.Root, "pictures"), Path.Combine(_place.Root, "captions.tsv"), Path.Combine(_place.Root, "app.log"), .. more];

    private static string[] Digests(IReadOnlyList<VersionManifest> versions) => [.. versions.Select(version => $"{version.Version} {version.WeightsDigest}")];

    private async Task SendAsync(TestCluster cluster, IEnumerable<OutgoingMessage> messages)
    {
        using var producer = new MessageProducer(new KafkaOptions { BootstrapServers = cluster.BootstrapServers }, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        OutgoingMessage[] all = [.. messages];
        ProduceProgress progress = await producer.SendAsync(all.ToAsyncEnumerable(), perSecond: null, progress: null, _place.Limit);
        Assert.Equal(all.Length, progress.Acknowledged);
    }
}
