using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Configuration;
using SslAgent.Demo;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest;
using SslAgent.Ingest.Producing;
using SslAgent.Learning.Options;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>A broker that speaks the protocol, a state directory, real pictures and log lines, and agents over them. Everything goes with it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly TestCluster _cluster;
    private readonly List<Agent> _agents = [];
    private readonly string _root = Directory.CreateTempSubdirectory("sslagent-e2e-").FullName;
    private int _sent;
    private long _offsets;

    public Bench(int partitions = 1, int brokers = 1) => _cluster = new TestCluster(partitions, brokers);

    /// <summary>No test waits longer for anything. Counted from each asking: the tests of a class may share a bench, and a machine may be slow.</summary>
    public CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(3)).Token;

    public string Root => _root;

    public string BootstrapServers => _cluster.BootstrapServers;

    public string Topic => _cluster.Topic;

    public string DeadLetterTopic => _cluster.DeadLetterTopic;

    /// <summary>For tests that inject faults: they are skipped on a real cluster.</summary>
    public EmbeddedBroker Broker => _cluster.Broker;

    private static IReadOnlyList<EmojiPair> Emoji { get; } = EmojiSet.Load(AssetsFolder.Emoji);

    private static string[] Lines { get; } = [.. File.ReadLines(Path.Combine(AssetsFolder.Logs, "dpkg.log")).Take(5_000)];

    /// <summary>The consumer group of a state directory.</summary>
    public string Group(string state = "state") => _cluster.Group(state);

    /// <summary>A small network, exact triggers, one thread: quick, and the same every time.</summary>
    public AgentSettings Settings(string state = "state") => new()
    {
        Agent = new() { StateDirectory = Path.Combine(_root, state), Seed = 7, DiskFreeMin = 0 },
        Kafka = new()
        {
            // A group of its own: a state that does not know a partition goes on where its group stands.
            GroupId = Group(state), BootstrapServers = BootstrapServers, Topics = [Topic], Assignment = KafkaAssignment.Manual, DeadLetterTopic = DeadLetterTopic,
        },
        Ingest = new() { Frames = new() { StoredSize = 32 } },
        Replay = new() { SentinelOneIn = 5, EraSamples = 200 },
        Model = new()
        {
            ImageSize = 32, PatchSize = 8, VocabularySize = 600, TextTokens = 32, FrameLayers = 2, FrameWidth = 64, FrameHeads = 2, DecoderLayers = 1,
            DecoderWidth = 32, DecoderHeads = 2, TextLayers = 2, TextWidth = 64, TextHeads = 2, JointWidth = 32,
        },
        // With a teacher and mixed frames: what holds with them on holds without.
        Learning = new()
        {
            BatchSize = 16, Dtype = "fp32", Device = "cpu", Threads = 1, WarmupSteps = 5, FlagInterval = 4, ProbeSentinelsMax = 32, Distillation = 0.5, MixUp = 0.4,
        },
        Tokenizer = new() { CorpusBytes = 4_096, CorpusSamples = 100 },
        Cycle = new() { Interval = null, SamplesTrigger = 150, WaitForLearner = true, SamplesMin = 32, StepsMax = 12, TimeMax = null },
        Serving = new() { Listen = "127.0.0.1:0" },
        Logging = new() { File = "none" },
    };

    /// <summary>The same with a small replay buffer that asks the model who is redundant, and holds it to what it answered.</summary>
    public AgentSettings AskingSettings(ReplayPolicy policy, string state = "state")
    {
        AgentSettings settings = Settings(state);
        return settings with
        {
            Replay = settings.Replay with { Policy = policy, FramesMax = 60, TextsMax = 30, PairsMax = 30, FreshMax = 200, RefreshedMax = 20 },
            // An objective that keeps a slow copy, beside the standard ones.
            Learning = settings.Learning with
            {
                MixUp = 0,
                EmbeddingReplay = 0.5,
                Objectives = [.. new[] { "mae", "mlm", "clip", "byol" }.Select(name => new ObjectiveOptions { Name = name })],
            },
        };
    }

    public async Task<Agent> StartAsync(AgentSettings settings, IAgentObserver observer, IDisk? disk = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var agent = new Agent(settings, observer, time, disk ?? LocalDisk.Instance, new LoopHealth(time), NullLoggerFactory.Instance);
        await agent.StartAsync(Limit);
        _agents.Add(agent);
        return agent;
    }

    /// <summary>Sends so many messages: captioned pictures, pictures and log lines in turn, each with its own id.</summary>
    public async Task SendAsync(int count)
    {
        using var producer = new MessageProducer(new KafkaOptions { BootstrapServers = BootstrapServers }, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        ProduceProgress progress = await producer.SendAsync(Messages(_sent, count), perSecond: null, progress: null, Limit);
        Assert.Equal(count, progress.Acknowledged);
        _sent += count;
        _offsets += count;
    }

    /// <summary>Sends lines of one source, and gives the offsets that they got.</summary>
    public async Task<(long From, long To)> SendLinesAsync(string[] lines)
    {
        using var producer = new MessageProducer(new KafkaOptions { BootstrapServers = BootstrapServers }, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        await producer.SendAsync(
            lines.Select((line, i) => new ContractMessage { Source = "host-9", TimeMs = 1_700_000_000_000 + i, Text = line }.To(Topic) with { Partition = 0 }).ToAsyncEnumerable(),
            perSecond: null, progress: null, Limit);
        (long from, _offsets) = (_offsets, _offsets + lines.Length);
        return (from, _offsets - 1);
    }

    /// <summary>Sends raw bytes, as a broken producer would.</summary>
    public async Task SendRawAsync(params byte[][] values)
    {
        using var producer = new MessageProducer(new KafkaOptions { BootstrapServers = BootstrapServers }, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        await producer.SendAsync(Raw(values), perSecond: null, progress: null, Limit);
        _offsets += values.Length;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Agent agent in _agents) await agent.DisposeAsync();
        _cluster.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async IAsyncEnumerable<OutgoingMessage> Messages(int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            EmojiPair pair = Emoji[i % Emoji.Count];
            var message = new ContractMessage { Source = i % 3 == 2 ? "host-1" : "camera-1", TimeMs = 1_700_000_000_000 + i, Id = $"m{i}" };
            message = (i % 3) switch
            {
                0 => message with { Data = pair.Frame.Rgb, Format = "rgb8", Width = pair.Frame.Width, Height = pair.Frame.Height, Caption = pair.Name },
                1 => message with { Data = pair.Frame.Rgb, Format = "rgb8", Width = pair.Frame.Width, Height = pair.Frame.Height },
                _ => message with { Text = Lines[i % Lines.Length] },
            };
            yield return message.To(Topic) with { Partition = 0 };
            if (i % 64 == 0) await Task.Yield();
        }
    }

    private async IAsyncEnumerable<OutgoingMessage> Raw(byte[][] values)
    {
        foreach (byte[] value in values)
        {
            yield return new OutgoingMessage(Topic, null, value, [], 0);
            await Task.Yield();
        }
    }
}
