using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Kafka;

/// <summary>Cross-field checks of <see cref="KafkaOptions"/>.</summary>
internal static class KafkaOptionFaults
{
    /// <summary>Settings that the agent's guarantees rest on, and where to say it instead.</summary>
    private static readonly Dictionary<string, string> Reserved = new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = "kafka.bootstrapServers",
        ["metadata.broker.list"] = "kafka.bootstrapServers",
        ["group.id"] = "kafka.groupId",
        ["auto.offset.reset"] = "kafka.startAt",
        ["auto.commit.interval.ms"] = "kafka.commitInterval",
        ["enable.auto.commit"] = "nothing: offsets are committed once they are durable",
        ["enable.auto.offset.store"] = "nothing: offsets are committed once they are durable",
        ["queued.max.messages.kbytes"] = "kafka.prefetchKibibytes",
    };

    public static IEnumerable<string> Of(KafkaOptions options) =>
        Topics(options).Concat(Names(options)).Concat(Files(options)).Concat(KnownByLibrary(options));

    private static IEnumerable<string> Topics(KafkaOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.BootstrapServers)) yield return "kafka.bootstrapServers is empty: at least one host:port is needed";
        foreach (string topic in options.Topics)
        {
            if (!IsTopicName(topic)) yield return $"kafka.topics has '{topic}': a name is 1 to 249 of a-z A-Z 0-9 . _ -";
        }

        if (options.Topics.Distinct(StringComparer.Ordinal).Count() < options.Topics.Count) yield return "kafka.topics names a topic twice";
        if (options.DeadLetterTopic is not { } deadLetters) yield break;
        if (!IsTopicName(deadLetters)) yield return $"kafka.deadLetterTopic is '{deadLetters}': a name is 1 to 249 of a-z A-Z 0-9 . _ -";
        if (options.Topics.Contains(deadLetters)) yield return $"kafka.deadLetterTopic '{deadLetters}' is also read: every rejected message would come back";
    }

    private static bool IsTopicName(string name) =>
        name.Length is >= 1 and <= 249 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static IEnumerable<string> Names(KafkaOptions options)
    {
        foreach (string name in options.Properties.Keys.Concat(options.SecretFiles.Keys))
        {
            if (Reserved.TryGetValue(name, out string? instead)) yield return $"kafka.properties: {name} is set by the agent; use {instead}";
        }

        foreach (string name in options.Properties.Keys.Intersect(options.SecretFiles.Keys))
        {
            yield return $"kafka: {name} is both in properties and in secretFiles";
        }
    }

    private static IEnumerable<string> Files(KafkaOptions options)
    {
        foreach ((string name, string path) in options.SecretFiles)
        {
            if (!File.Exists(path)) yield return $"kafka.secretFiles: the file of {name} is not there: {path}";
        }
    }

    /// <summary>librdkafka's own judgement on names and values; its sentences are scrubbed of secret values.</summary>
    private static IEnumerable<string> KnownByLibrary(KafkaOptions options)
    {
        if (NativeLibraries.Missing(NativeLibraries.Kafka) is { } missing) return [missing];
        return options.Properties
            .Where(property => !Reserved.ContainsKey(property.Key))
            .Select(property => RdKafkaNative.SettingFault(property.Key, property.Value) is { } fault
                ? $"kafka.properties: {RedactedProperties.Scrub(fault, RedactedProperties.IsSecret(property.Key) ? [property.Value] : [])}"
                : null)
            .OfType<string>();
    }
}
