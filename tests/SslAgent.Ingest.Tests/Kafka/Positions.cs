using System.Collections.Concurrent;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

/// <summary>The fold's positions, as a test sets them.</summary>
internal sealed class Positions : IPartitionPositions
{
    private readonly ConcurrentDictionary<(string, int), PartitionPosition> _known = new();

    public void Set(string topic, int partition, long nextOffset, int epoch = 0) =>
        _known[(topic, partition)] = new PartitionPosition(topic, partition, epoch, nextOffset);

    public PartitionPosition? Find(string topic, int partition) => _known.GetValueOrDefault((topic, partition));
}
