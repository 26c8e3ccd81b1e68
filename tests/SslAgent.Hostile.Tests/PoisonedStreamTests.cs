using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.EndToEnd.Tests;
using SslAgent.Hostile.Tests.Support;
using SslAgent.Ingest;
using SslAgent.Ingest.Producing;
using SslAgent.Pipeline;

namespace SslAgent.Hostile.Tests;

/// <summary>
/// A whole agent on a broker that speaks the real protocol, with its default settings for large messages: one poison after the other among good messages. It goes
/// on learning from the good ones, and each poison comes back as a dead letter.
/// </summary>
public sealed class PoisonedStreamTests
{
    private const int MiB = 1 << 20, Between = 40, DeadPartitions = 32;
    private const string LargeTopic = "large";

    [Fact]
    public async Task One_poison_after_another_stops_nothing_and_each_comes_back_as_a_dead_letter()
    {
        await using var bench = new Bench();

        // The embedded broker keeps 5 MB a partition and loses a larger message that is not the first of its own: hence partitions of their own for large ones.
        bench.Broker.CreateTopic(LargeTopic, 1);
        bench.Broker.CreateTopic(bench.DeadLetterTopic, DeadPartitions);
        using var letters = new LetterBox(bench.BootstrapServers, bench.DeadLetterTopic);
        var observer = new RecordingObserver();
        AgentSettings settings = bench.Settings("poisoned");
        await bench.StartAsync(settings with { Kafka = settings.Kafka with { Topics = [bench.Topic, LargeTopic] } }, observer);
        await bench.SendAsync(Between);
        foreach (Poison poison in Poisons(bench.Topic))
        {
            await SendAsync(bench, poison);
            Delivery letter = await letters.NextAsync(one => Header(one, "__connect.errors.stage") == poison.Stage && Header(one, "name") == poison.Name, bench.Limit);
            if (poison.Unfolds) Assert.Equal(("", $"{poison.Value.Length}"), (Encoding.UTF8.GetString(letter.Value ?? []), Header(letter, "__sslagent.errors.value.bytes")));
            else Assert.True(poison.Value.AsSpan().SequenceEqual(letter.Value), "the letter has the value whole");
            await bench.SendAsync(Between);
        }

        int poisons = Poisons(bench.Topic).Count();
        IngestCounts counts = await observer.CountsAsync(now => Good(now) >= Between * (poisons + 1), bench.Limit);
        Assert.Equal((Between * (poisons + 1), poisons), (Good(counts), counts.Rejected));
        VersionManifest version = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(new ModelVersion(1), version.Version);
    }

    private static long Good(IngestCounts counts) =>
        counts.FramesAdmitted + counts.TextsAdmitted - counts.PairsAdmitted + counts.SentinelsAdmitted + counts.Skipped;

    /// <summary>A message that is refused, with the stage that does it.</summary>
    private sealed record Poison(string Name, string Stage, string Topic, byte[] Value, bool Unfolds = false);

    private static IEnumerable<Poison> Poisons(string topic)
    {
        yield return new("a bomb", "limits", topic, Ingest.Tests.Frames.Pictures.BlackPng(16_000, 16_000));
        yield return new("a length that lies", "envelope", topic, [0x81, 0xA4, .. "data"u8, 0xC6, 0x7F, 0xFF, 0xFF, 0xFF]);
        yield return new("no characters", "text", topic, [0xC0, 0x80]);
        yield return new("what unfolds", "limits", topic, new byte[260 * MiB], Unfolds: true);
        yield return new("64 MiB", "limits", LargeTopic, new byte[64 * MiB]);
    }

    /// <summary>Sends a poison; one that unfolds as a compressing producer would: 260 MiB become 260 KB, well below every broker's limit.</summary>
    private static async Task SendAsync(Bench bench, Poison poison)
    {
        var properties = new Dictionary<string, string>();
        if (poison.Unfolds)
        {
            properties["compression.codec"] = "gzip";
            properties["message.max.bytes"] = "400000000";
            properties["queue.buffering.max.kbytes"] = "800000";
        }

        using var producer = new MessageProducer(
            new KafkaOptions { BootstrapServers = bench.BootstrapServers, Properties = properties }, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        ProduceProgress progress = await producer.SendAsync(One(poison), perSecond: null, progress: null, bench.Limit);
        Assert.Equal(1, progress.Acknowledged);
    }

    private static async IAsyncEnumerable<OutgoingMessage> One(Poison poison)
    {
        await Task.Yield();
        yield return new OutgoingMessage(poison.Topic, null, poison.Value, [new MessageHeader("name", Encoding.UTF8.GetBytes(poison.Name))], 0);
    }

    private static string? Header(Delivery letter, string name) =>
        letter.Headers.FirstOrDefault(header => header.Name == name)?.Value is { } value ? Encoding.UTF8.GetString(value) : null;
}
