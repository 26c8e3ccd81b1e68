using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Producing;

namespace SslAgent.Bench;

/// <summary>
/// The other process of the ingest measurement: an embedded broker and a producer, so that their work is not counted as the agent's. Prints the
/// broker's address; then each line <c>KIND COUNT</c> on its input produces so many messages and answers <c>done</c>.
/// </summary>
internal static class IngestBroker
{
    public const string Topic = "bench";

    public const int Partitions = 4;

    public static int Run()
    {
        _ = new VipsFrameCodec(new FrameOptions());
        using var broker = new EmbeddedBroker();
        broker.CreateTopic(Topic, Partitions);
        var options = new KafkaOptions { BootstrapServers = broker.BootstrapServers, Topics = [Topic] };
        using var producer = new MessageProducer(options, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        Console.WriteLine(broker.BootstrapServers);
        var contents = new Dictionary<string, byte[][]>();
        while (Console.ReadLine()?.Split(' ') is [string kind, string count])
        {
            if (!contents.TryGetValue(kind, out byte[][]? values)) contents[kind] = values = IngestContents.Of(kind);
            ProduceProgress before = producer.Progress;
            ProduceProgress after = producer.SendAsync(
                Messages(values, int.Parse(count, CultureInfo.InvariantCulture)), null, null, CancellationToken.None).GetAwaiter().GetResult();
            Console.WriteLine(after.Failed == before.Failed ? "done" : "failed");
        }

        return 0;
    }

    private static async IAsyncEnumerable<OutgoingMessage> Messages(byte[][] values, int count)
    {
        await Task.CompletedTask;
        byte[] key = Encoding.UTF8.GetBytes("bench");
        MessageHeader[] none = [];
        for (int i = 0; i < count; i++) yield return new OutgoingMessage(Topic, key, values[i % values.Length], none, i % Partitions);
    }
}
