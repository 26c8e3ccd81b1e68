using System.Globalization;
using System.Text;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Ingest.Producing;
using SslAgent.Pipeline;
using SslAgent.Support;

namespace SslAgent.Faults.Tests.Kafka;

/// <summary>
/// A stream with everything in it that a producer sends: frames at the stored size, captioned ones, texts, messages sent twice, bad ones; each
/// acknowledged one in the producer's own log. All chance comes from the message's number.
/// </summary>
internal sealed class FaultStream : IDisposable
{
    private const int Side = 32, BadOneIn = 23, TwiceOneIn = 17;

    /// <summary>Bounds every wait; a test that reaches it has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly Bench _bench;
    private readonly int _partitions;
    private readonly LoggedProducer _producer;
    private int _next;

    public FaultStream(Bench bench, int partitions, string? servers = null)
    {
        (_bench, _partitions) = (bench, partitions);
        _producer = new LoggedProducer(servers ?? bench.BootstrapServers, new ProducerLog());
    }

    public IReadOnlyList<ProducedMessage> Sent => _producer.Log.Messages;

    /// <summary>Good messages that were sent a second time: each is to be dropped as a retry.</summary>
    public int SentTwice { get; private set; }

    /// <summary>Hands so many messages to the client, spread over the partitions, without waiting for the broker.</summary>
    public void Begin(int count, int? partition = null)
    {
        for (int end = _next + count; _next < end; _next++)
        {
            int to = partition ?? _next % _partitions;
            if (_next % BadOneIn == BadOneIn - 1)
            {
                _producer.SendBad(_bench.Topic, to, [0xFF, 0xD8, 0xFF, 0xE0, (byte)_next, (byte)(_next >> 8)]);
                continue;
            }

            _producer.Send(_bench.Topic, to, Message(_next));
            if (_next % TwiceOneIn != TwiceOneIn - 1) continue;
            _producer.Send(_bench.Topic, to, Message(_next));
            SentTwice++;
        }
    }

    /// <summary>Large messages that must be refused: what makes a broker's retention bite soon.</summary>
    public void SendLarge(int count, int bytes)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] value = new byte[bytes];
            new Random(i).NextBytes(value);
            ((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF, 0xE0]).CopyTo(value);
            _producer.SendBad(_bench.Topic, 0, value);
        }

        Acknowledge();
    }

    /// <summary>Waits until the broker has acknowledged everything.</summary>
    public void Acknowledge() => Assert.True(_producer.Flush(_bench.Limit), "the broker did not take every message");

    public void Send(int count, int? partition = null)
    {
        Begin(count, partition);
        Acknowledge();
    }

    /// <summary>Waits until the agent's journal has everything that was acknowledged so far, in the partitions named (default all).</summary>
    public void AwaitJournal(Agent agent, params int[] partitions)
    {
        Dictionary<int, long> ends = Sent.GroupBy(message => message.Partition).Where(group => partitions.Length == 0 || partitions.Contains(group.Key))
            .ToDictionary(group => group.Key, group => group.Max(message => message.Offset) + 1);
        bool arrived = SpinWait.SpinUntil(
            () => ends.All(end => agent.Status().Partitions.Any(known => known.Partition == end.Key && known.NextOffset >= end.Value)), Patience);
        Assert.True(arrived, $"{string.Join(", ", ends)} were sent, the agent has {string.Join("; ", agent.Status().Partitions)}");
    }

    /// <summary>Holds a stopped agent's journal against the log, and the dead letters against what the journal refused.</summary>
    public OracleReport Check(AgentSettings settings, IReadOnlyCollection<Elsewhere>? elsewhere = null, Func<SourceOffset, bool>? isOfThisLog = null)
    {
        OracleReport report = JournalOracle.Compare(Sent, Path.Combine(settings.Agent.StateDirectory, "journal"), elsewhere, isOfThisLog);
        Assert.True(report.Faults.Count == 0, report.ToString());
        Assert.NotEmpty(report.Rejected);
        Assert.Empty(DeadLetterKeys.Missing(_bench.BootstrapServers, _bench.DeadLetterTopic, report.Rejected, _bench.Limit));
        return report;
    }

    public void Dispose() => _producer.Dispose();

    private static ContractMessage Message(int number)
    {
        var message = new ContractMessage { Source = $"source-{number % 3}", TimeMs = 1_700_000_000_000 + number, Id = $"m{number}" };
        if (number % 4 >= 2) return message with { Text = Words(number) };
        byte[] rgb = new byte[Side * Side * Frame.Channels];
        new Random(number).NextBytes(rgb);
        message = message with { Data = rgb, Format = "rgb8", Width = Side, Height = Side };
        return number % 4 == 0 ? message with { Caption = Words(number) } : message;
    }

    private static string Words(int number)
    {
        var random = new Random(number);
        var words = new StringBuilder(FormattableString.Invariant($"message {number}:"));
        for (int i = 0; i < 6; i++) words.Append(CultureInfo.InvariantCulture, $" word{random.Next(200)}");
        return words.ToString();
    }
}
