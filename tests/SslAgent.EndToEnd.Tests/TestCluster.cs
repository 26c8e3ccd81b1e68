using Confluent.Kafka;
using Confluent.Kafka.Admin;
using SslAgent.Ingest.Broker;
using SslAgent.Ingest.Kafka;

namespace SslAgent.EndToEnd.Tests;

/// <summary>
/// Where a test's stream is: an embedded broker of its own, or the real cluster that <c>SSLAGENT_KAFKA</c> names (<c>host:port,host:port</c>), with topics and
/// groups of names that nobody else has. Topics made on a real cluster are deleted at the end.
/// </summary>
internal sealed class TestCluster : IDisposable
{
    private static readonly string? RealServers = Environment.GetEnvironmentVariable("SSLAGENT_KAFKA") is { Length: > 0 } servers ? servers : null;

    private readonly EmbeddedBroker? _embedded;
    private readonly string _prefix;

    public TestCluster(int partitions, int brokers)
    {
        _prefix = RealServers is null ? "" : $"sslagent-test-{Guid.NewGuid():N}-";
        if (RealServers is null)
        {
            _embedded = new EmbeddedBroker(brokers);
            _embedded.CreateTopic(Topic, partitions);
        }
        else
        {
            // Asking for it loads the client's library from where the system has it.
            Assert.NotEmpty(KafkaReader.LibraryVersion);
            using IAdminClient admin = NewAdmin();
            admin.CreateTopicsAsync([Specification(Topic, partitions), Specification(DeadLetterTopic, 1)]).GetAwaiter().GetResult();
        }
    }

    public string BootstrapServers => _embedded?.BootstrapServers ?? RealServers ?? "";

    public string Topic => _prefix + "stream";

    public string DeadLetterTopic => _prefix + "dead";

    /// <summary>The embedded broker, for tests that inject faults: on a real cluster they are skipped.</summary>
    public EmbeddedBroker Broker
    {
        get
        {
            if (_embedded is null) Assert.Skip("faults are injected into the embedded broker only");
            return _embedded;
        }
    }

    public string Group(string name) => _prefix + name;

    public void Dispose()
    {
        _embedded?.Dispose();
        if (_embedded is not null) return;
        using IAdminClient admin = NewAdmin();
        admin.DeleteTopicsAsync([Topic, DeadLetterTopic]).GetAwaiter().GetResult();
    }

    private static TopicSpecification Specification(string topic, int partitions) =>
        new() { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 };

    private static IAdminClient NewAdmin() => new AdminClientBuilder(new Dictionary<string, string> { ["bootstrap.servers"] = RealServers ?? "" }).Build();
}
