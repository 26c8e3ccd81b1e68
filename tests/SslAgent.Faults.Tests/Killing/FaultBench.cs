using System.Globalization;
using System.Text;
using SslAgent.Configuration;
using SslAgent.Demo;
using SslAgent.Ingest;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Producing;
using SslAgent.Replay;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>
/// A broker that outlives every agent, a stream whose producer keeps its own log, and a place for state directories. The network is the smallest that
/// learns from all three kinds of samples; buffers, segments and retention are small, so that everything that can happen to a file happens soon.
/// </summary>
internal sealed class FaultBench : IDisposable
{
    public const string Topic = "stream";

    private const int Side = 32, Kinds = 3, BadEvery = 23, RetryEvery = 29;

    private readonly EmbeddedBroker _broker = new();

    private readonly ReplayPolicy _policy;

    private readonly int _partitions, _wave;

    private int _sent;

    /// <param name="policy">Who leaves the replay buffer: some ask the model, and their decisions are one record more that a kill may hit.</param>
    /// <param name="partitions">Messages go to them in turn.</param>
    /// <param name="waves">The first of them is on the topic at once, the others when they are asked for.</param>
    public FaultBench(int messages, ReplayPolicy policy = ReplayPolicy.Reservoir, int partitions = 1, int waves = 1)
    {
        Messages = messages;
        (_policy, _partitions, _wave) = (policy, partitions, (messages + waves - 1) / waves);
        _broker.CreateTopic(Topic, partitions);
        SendWave();
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sslagent-faults-").FullName;

    public string BootstrapServers => _broker.BootstrapServers;

    /// <summary>Messages on the topic, once all waves are; in each partition their offsets are 0 and up.</summary>
    public int Messages { get; }

    /// <summary>What the producer says it sent.</summary>
    public ProducerLog Produced { get; } = new();

    private static IReadOnlyList<EmojiPair> Emoji { get; } = EmojiSet.Load(AssetsFolder.Emoji);

    private static string[] Lines { get; } = [.. File.ReadLines(Path.Combine(AssetsFolder.Logs, "dpkg.log")).Take(2_000)];

    public static string DeadLetters(string state) => $"dead-{state}";

    public AgentSettings Settings(string state) => new()
    {
        Agent = new() { StateDirectory = Path.Combine(Root, state, "state"), Seed = 7 },
        Kafka = new()
        {
            GroupId = state, BootstrapServers = BootstrapServers, Topics = [Topic], Assignment = KafkaAssignment.Manual, DeadLetterTopic = DeadLetters(state),
        },
        Ingest = new() { Frames = new() { StoredSize = Side } },
        Replay = new()
        {
            SentinelOneIn = 5, EraSamples = 100, EraSentinelsMax = 6, SegmentBytes = 1 << 16, GroupCommitBytes = 1 << 15,
            GroupCommitDelay = TimeSpan.FromMilliseconds(5),
            FramesMax = 30, TextsMax = 30, PairsMax = 30, FreshMax = 40, Policy = _policy, RefreshedMax = 10,
        },
        Model = new()
        {
            ImageSize = Side, PatchSize = 16, VocabularySize = 300, TextTokens = 16, FrameLayers = 1, FrameWidth = 32, FrameHeads = 2, DecoderLayers = 1,
            DecoderWidth = 16, DecoderHeads = 1, TextLayers = 1, TextWidth = 32, TextHeads = 2, JointWidth = 16,
        },
        Learning = new()
        {
            BatchSize = 8, Dtype = "fp32", Device = "cpu", Threads = 1, WarmupSteps = 3, FlagInterval = 2, ProbeSentinelsMax = 8, ProbeRepeats = 2,
        },
        Tokenizer = new() { CorpusBytes = 2_048, CorpusSamples = 20 },
        Cycle = new() { Interval = null, SamplesTrigger = 40, WaitForLearner = true, SamplesMin = 16, StepsMax = 8, TimeMax = null },
        Checkpoints = new() { KeepLast = 3, KeepPromoted = 1, KeepTrainingState = 1 },
        Audit = new() { Horizon = 1 },
        Serving = new() { Listen = "127.0.0.1:0" },
        Logging = new() { File = "none", Level = "warning" },
    };

    public void Dispose()
    {
        _broker.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>
    /// The next ones, if any are left: captioned frames, frames and lines in turn; among them bad messages, and retries under the id of a message before, in its
    /// partition.
    /// </summary>
    public void SendWave()
    {
        using var producer = new LoggedProducer(BootstrapServers, Produced);
        for (int end = Math.Min(_sent + _wave, Messages); _sent < end; _sent++)
        {
            (int i, int partition) = (_sent, _sent / Kinds % _partitions);
            if (i % BadEvery == BadEvery - 1) producer.SendBad(Topic, partition, [0xFF, 0xD8, 0xFF, 0xE0, .. Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture))]);
            else producer.Send(Topic, partition, Message(i % RetryEvery == RetryEvery - 1 ? i - Kinds * _partitions : i));
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        Assert.True(producer.Flush(limit.Token), "the broker took the stream");
        foreach (IGrouping<int, ProducedMessage> one in Produced.Messages.GroupBy(message => message.Partition))
            Assert.Equal(Enumerable.Range(0, one.Count()).Select(offset => (long)offset), one.Select(message => message.Offset).Order());
    }

    private static ContractMessage Message(int i)
    {
        EmojiPair pair = Emoji[i * 7 % Emoji.Count];
        var message = new ContractMessage { Source = i % Kinds == 2 ? "host-1" : "camera-1", TimeMs = 1_700_000_000_000 + i, Id = $"m{i}" };
        return (i % Kinds) switch
        {
            0 => message with { Data = Half(pair), Format = "rgb8", Width = Side, Height = Side, Caption = $"picture {i} of {pair.Group}" },
            1 => message with { Data = Half(pair), Format = "rgb8", Width = Side, Height = Side },
            _ => message with { Text = Lines[i % Lines.Length] },
        };
    }

    /// <summary>Every second pixel of every second row: the stored size exactly, so that what is in the journal is what was sent.</summary>
    private static byte[] Half(EmojiPair pair)
    {
        byte[] rgb = new byte[Side * Side * 3];
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++) pair.Frame.Rgb.AsSpan((2 * y * pair.Frame.Width + 2 * x) * 3, 3).CopyTo(rgb.AsSpan((y * Side + x) * 3));
        }

        return rgb;
    }
}
