using Microsoft.Extensions.Logging;
using SslAgent.Ingest;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Pretraining;

/// <summary>Opens a source that has an end, where the journal stands.</summary>
internal delegate IFiniteReader FiniteSource(IPartitionPositions positions, KafkaOptions kafka);

/// <summary>What to pretrain on.</summary>
/// <param name="Paths">Folders and files.</param>
/// <param name="Topics">As far as they reach when they are read.</param>
internal sealed record PretrainData(IReadOnlyList<string> Paths, IReadOnlyList<string> Topics)
{
    /// <summary>What is wrong with the topics' names, or with how they are reached.</summary>
    public IEnumerable<string> Faults(KafkaOptions kafka) => Topics.Count == 0 ? [] : (kafka with { Topics = Topics }).Faults();

    /// <summary>What is read one after the other: the files, then the topics.</summary>
    public IReadOnlyList<FiniteSource> Sources(TimeProvider time, ILoggerFactory logs)
    {
        List<FiniteSource> all = [];
        if (Paths.Count > 0)
        {
            var files = new DatasetMessages(Paths, time);
            string topic = $"files-{files.Signature}";
            all.Add((positions, kafka) => new SourceReader(topic, files, positions, kafka.QueueMessages, kafka.QueueBytes, time));
        }

        if (Topics.Count > 0) all.Add((positions, kafka) => new TopicReader(kafka, Topics, positions, logs.CreateLogger<TopicReader>()));
        return all;
    }
}
