using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Kafka;

namespace SslAgent.EndToEnd.Tests;

/// <summary>An outside reader of a topic, from its beginning.</summary>
internal static class DeadLetterReader
{
    public static Task<IReadOnlyList<byte[]>> ReadAsync(string servers, string topic, int count, CancellationToken limit) => Task.Run<IReadOnlyList<byte[]>>(
        () =>
        {
            var options = new KafkaOptions { BootstrapServers = servers, Topics = [topic], Assignment = KafkaAssignment.Manual };
            using var reader = new KafkaReader(options, new Nowhere(), TimeProvider.System, NullLogger<KafkaReader>.Instance);
            reader.Start();
            var values = new List<byte[]>();
            var events = new List<StreamEvent>();
            while (values.Count < count && !limit.IsCancellationRequested)
            {
                events.Clear();
                reader.Take(events, 16, TimeSpan.FromSeconds(1), limit);
                values.AddRange(events.OfType<StreamEvent.Delivered>().Select(delivered => delivered.Delivery.Value ?? []));
            }

            return values;
        },
        limit);

    private sealed class Nowhere : IPartitionPositions
    {
        public PartitionPosition? Find(string topic, int partition) => null;
    }
}
