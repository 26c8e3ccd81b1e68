using System.ComponentModel.DataAnnotations;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest;

/// <summary>How partitions come to this agent.</summary>
public enum KafkaAssignment
{
    /// <summary>The consumer group shares them out among its members.</summary>
    Group = 0,

    /// <summary>This agent reads all of them; no join, no rebalance. Right for a single daemon.</summary>
    Manual = 1,
}

/// <summary>Where to begin in a partition that neither the journal nor the group has a position for.</summary>
public enum KafkaStart
{
    Earliest = 0,
    Latest = 1,
}

/// <summary>
/// Section <c>kafka</c>: where the stream is and how it is reached. Holds secrets: print <see cref="Redacted"/> or
/// <see cref="RedactedProperties"/>, never this.
/// </summary>
public sealed record KafkaOptions
{
    /// <summary>Brokers to ask first, <c>host:port</c>, separated by commas. Default <c>localhost:9092</c>.</summary>
    [Required]
    public string BootstrapServers { get; init; } = "localhost:9092";

    /// <summary>Topics to learn from; at least one.</summary>
    [Required]
    [MinLength(1)]
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Consumer group; its committed offsets serve lag monitors. Default <c>sslagent</c>.</summary>
    [Required]
    public string GroupId { get; init; } = "sslagent";

    /// <summary>Default <c>group</c>.</summary>
    public KafkaAssignment Assignment { get; init; } = KafkaAssignment.Group;

    /// <summary>Default <c>earliest</c>.</summary>
    public KafkaStart StartAt { get; init; } = KafkaStart.Earliest;

    /// <summary>
    /// Any librdkafka setting by its own name: <c>security.protocol</c>, <c>sasl.mechanism</c>, <c>ssl.ca.location</c> and so on. Default none.
    /// </summary>
    [Required]
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings whose value is the content of a file, less a line end: <c>sasl.password</c>: <c>/run/secrets/kafka</c>. Default none.</summary>
    [Required]
    public IReadOnlyDictionary<string, string> SecretFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>Topic for rejected messages; null for none. Default none.</summary>
    public string? DeadLetterTopic { get; init; }

    /// <summary>Messages that may wait between the poll thread and the journal. Default 4,096.</summary>
    [Range(16, 1_000_000)]
    public int QueueMessages { get; init; } = 4_096;

    /// <summary>Bytes that may wait there; one message more is let in, however large. Default 64 MiB.</summary>
    [Range(65_536, 4_294_967_296)]
    public long QueueBytes { get; init; } = 64 * 1_048_576;

    /// <summary>Bytes that librdkafka may hold ahead of the poll thread, for each partition, in KiB. Default 16,384.</summary>
    [Range(64, 2_097_151)]
    public int PrefetchKibibytes { get; init; } = 16_384;

    /// <summary>How often manual assignment looks for new partitions (every second while a topic has none). Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PartitionDiscovery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often durable offsets are committed for lag monitors. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait, when partitions are taken away, for the journal to be written and committed. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:04:00")]
    public TimeSpan RevocationWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether the value of one of <see cref="Properties"/> must never be printed.</summary>
    public static bool IsSecret(string property) => Kafka.RedactedProperties.IsSecret(property);

    /// <summary>All settings given by the operator, secrets blotted out: the only form that may be printed or logged.</summary>
    public IReadOnlyDictionary<string, string> RedactedProperties => Kafka.RedactedProperties.Of(this);

    /// <summary>The same options, fit to be printed.</summary>
    public KafkaOptions Redacted() => this with { Properties = RedactedProperties };

    /// <summary>Every fault that no single property shows, one sentence each; asks librdkafka whether it knows the settings.</summary>
    public IEnumerable<string> Faults() => KafkaOptionFaults.Of(this);
}
