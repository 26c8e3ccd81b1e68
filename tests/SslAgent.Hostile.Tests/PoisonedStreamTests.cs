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
    private const int MiB = 1 << 20, Between = 40;

    [Fact]
    public async Task One_poison_after_another_stops_nothing_and_each_comes_back_as_a_dead_letter()
    {
        await using var bench = new Bench();
        bench.Broker.CreateTopic("dead", 1);
        using var letters = new LetterBox(bench.BootstrapServers, "dead");
        var observer = new RecordingObserver();
        AgentSettings settings = bench.Settings("poisoned");
        await bench.StartAsync(settings, observer);
        await bench.SendAsync(Between);
        long offset = Between;
        foreach ((string stage, byte[] value, bool unfolds) in Poisons())
        {
            long at = offset;
            if (unfolds) await SendFoldedAsync(bench, value);
            else await bench.SendRawAsync(value);
            Delivery letter = await letters.NextAsync(one => Header(one, "__connect.errors.offset") == $"{at}", bench.Limit);
            Assert.Equal(stage, Header(letter, "__connect.errors.stage"));
            if (unfolds) Assert.Equal(("", $"{value.Length}"), (Encoding.UTF8.GetString(letter.Value ?? []), Header(letter, "__sslagent.errors.value.bytes")));
            else Assert.True(value.AsSpan().SequenceEqual(letter.Value), "the letter has the value whole");

            // Behind a large message the embedded broker loses a batch (it keeps 5 MB a partition): a real broker's retention, in small.
            await bench.SendRawAsync("perhaps lost"u8.ToArray());
            await bench.SendAsync(Between);
            offset += 2 + Between;
        }

        IngestCounts counts = await observer.CountsAsync(now => now.Rejected == Poisons().Count() && now.JournalPosition >= offset - 1, bench.Limit);
        Assert.Equal(Poisons().Count(), counts.Rejected);
        VersionManifest version = await observer.NextVersionAsync(bench.Limit);
        Assert.Equal(new ModelVersion(1), version.Version);
    }

    /// <summary>The stage that refuses each; large ones last, for the embedded broker's sake.</summary>
    private static IEnumerable<(string Stage, byte[] Value, bool Unfolds)> Poisons()
    {
        yield return ("limits", Ingest.Tests.Frames.Pictures.BlackPng(16_000, 16_000), false);
        yield return ("envelope", [0x81, 0xA4, .. "data"u8, 0xC6, 0x7F, 0xFF, 0xFF, 0xFF], false);
        yield return ("text", [0xC0, 0x80], false);
        yield return ("limits", new byte[260 * MiB], true);
        yield return ("limits", new byte[64 * MiB], false);
    }

    /// <summary>Sends a value as a compressing producer would: 260 MiB become 260 KB, well below every broker's limit.</summary>
    private static async Task SendFoldedAsync(Bench bench, byte[] value)
    {
        var properties = new Dictionary<string, string> { ["compression.codec"] = "gzip", ["message.max.bytes"] = "400000000", ["queue.buffering.max.kbytes"] = "800000" };
        using var producer = new MessageProducer(
            new KafkaOptions { BootstrapServers = bench.BootstrapServers, Properties = properties }, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        ProduceProgress progress = await producer.SendAsync(One(value), perSecond: null, progress: null, bench.Limit);
        Assert.Equal(1, progress.Acknowledged);
    }

    private static async IAsyncEnumerable<OutgoingMessage> One(byte[] value)
    {
        await Task.Yield();
        yield return new OutgoingMessage(Bench.Topic, null, value, [], 0);
    }

    private static string? Header(Delivery letter, string name) =>
        letter.Headers.FirstOrDefault(header => header.Name == name)?.Value is { } value ? Encoding.UTF8.GetString(value) : null;
}
