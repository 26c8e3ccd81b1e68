using SslAgent.Checkpoints;
using SslAgent.Guarding;
using SslAgent.Hosting;
using SslAgent.Ingest;
using SslAgent.Learning.Options;
using SslAgent.Replay;
using SslAgent.Serving;

namespace SslAgent.Configuration;

/// <summary>
/// The whole configuration, one property a section. Immutable; made by <see cref="ConfigurationLoader"/>, handed to each room in parts.
/// </summary>
internal sealed record AgentSettings
{
    public AgentOptions Agent { get; init; } = new();

    public KafkaOptions Kafka { get; init; } = new();

    public IngestOptions Ingest { get; init; } = new();

    public ReplayOptions Replay { get; init; } = new();

    public ModelOptions Model { get; init; } = new();

    public LearningOptions Learning { get; init; } = new();

    public TokenizerOptions Tokenizer { get; init; } = new();

    public CycleOptions Cycle { get; init; } = new();

    public ConsolidationOptions Consolidation { get; init; } = new();

    public PretrainingOptions Pretraining { get; init; } = new();

    public GuardOptions Guard { get; init; } = new();

    public CheckpointOptions Checkpoints { get; init; } = new();

    public AuditOptions Audit { get; init; } = new();

    public ScrubOptions Scrub { get; init; } = new();

    public ServingOptions Serving { get; init; } = new();

    public LoggingOptions Logging { get; init; } = new();
}
