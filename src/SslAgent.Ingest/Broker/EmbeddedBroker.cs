using System.Runtime.InteropServices;
using SslAgent.Domain;
using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Broker;

/// <summary>
/// librdkafka's in-process mock cluster: it speaks the real protocol on loopback, for the demo and for tests. It keeps about 5 MiB
/// or 100,000 batches a partition, so producers pace themselves; topics appear on first use with 4 partitions unless created
/// here; a first group join takes 3 s. Whoever made it disposes it, after the clients.
/// </summary>
public sealed class EmbeddedBroker : IDisposable
{
    private readonly nint _client;
    private readonly nint _cluster;
    private bool _disposed;

    /// <summary>Throws <see cref="NativeLibraryException"/> where librdkafka is missing.</summary>
    public EmbeddedBroker(int brokers = 1)
    {
        if (NativeLibraries.Missing(NativeLibraries.Kafka) is { } missing) throw new NativeLibraryException(missing);
        _client = RdKafkaNative.NewClient();
        _cluster = RdKafkaNative.rd_kafka_mock_cluster_new(_client, brokers);
        if (_cluster == 0)
        {
            RdKafkaNative.rd_kafka_destroy(_client);
            throw new NativeLibraryException("librdkafka made no mock cluster");
        }

        BootstrapServers = Marshal.PtrToStringUTF8(RdKafkaNative.rd_kafka_mock_cluster_bootstraps(_cluster)) ?? "";
    }

    /// <summary><c>127.0.0.1:port</c>, for <see cref="KafkaOptions.BootstrapServers"/>.</summary>
    public string BootstrapServers { get; }

    /// <summary>Creates a topic; one that is there already is a bug of the caller's.</summary>
    public void CreateTopic(string topic, int partitions) =>
        Require(RdKafkaNative.rd_kafka_mock_topic_create(_cluster, topic, partitions, 1), $"create topic {topic}");

    /// <summary>Makes the next requests of one kind fail, one error each. Numbers are the protocol's (fetch 1, offset commit 8, …).</summary>
    public unsafe void FailRequests(BrokerRequest request, params ReadOnlySpan<int> errors)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        fixed (int* first = errors) RdKafkaNative.rd_kafka_mock_push_request_errors_array(_cluster, (short)request, (nuint)errors.Length, first);
    }

    public void ForgetFailures(BrokerRequest request)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RdKafkaNative.rd_kafka_mock_clear_request_errors(_cluster, (short)request);
    }

    /// <summary>Makes metadata of a topic report an error; 0 heals it.</summary>
    public void FailTopic(string topic, int error)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RdKafkaNative.rd_kafka_mock_topic_set_error(_cluster, topic, error);
    }

    /// <summary>Closes a broker's connections and refuses new ones. Brokers count from 1.</summary>
    public void TakeDown(int broker = 1) => Require(RdKafkaNative.rd_kafka_mock_broker_set_down(_cluster, broker), $"take broker {broker} down");

    public void BringUp(int broker = 1) => Require(RdKafkaNative.rd_kafka_mock_broker_set_up(_cluster, broker), $"bring broker {broker} up");

    /// <summary>Delays a broker's answers.</summary>
    public void SlowDown(TimeSpan roundTrip, int broker = 1) =>
        Require(RdKafkaNative.rd_kafka_mock_broker_set_rtt(_cluster, broker, (int)roundTrip.TotalMilliseconds), $"slow broker {broker}");

    public void MoveLeader(string topic, int partition, int broker) =>
        Require(RdKafkaNative.rd_kafka_mock_partition_set_leader(_cluster, topic, partition, broker), $"move the leader of {topic}/{partition}");

    public void MoveCoordinator(string groupId, int broker) =>
        Require(RdKafkaNative.rd_kafka_mock_coordinator_set(_cluster, "group", groupId, broker), $"move the coordinator of {groupId}");

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        RdKafkaNative.rd_kafka_mock_cluster_destroy(_cluster);
        RdKafkaNative.rd_kafka_destroy(_client);
    }

    private void Require(int code, string what)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Check.That(code == 0, $"the mock cluster could not {what}: {RdKafkaNative.ErrorName(code)}");
    }
}

/// <summary>Kinds of request that failures can be pushed for, by the protocol's numbers.</summary>
public enum BrokerRequest
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    OffsetFetch = 9,
    FindCoordinator = 10,
    JoinGroup = 11,
    Heartbeat = 12,
    SyncGroup = 14,
}
