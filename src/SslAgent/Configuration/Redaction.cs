using SslAgent.Ingest;

namespace SslAgent.Configuration;

/// <summary>Which option values must never be printed. Names decide, on the side of caution.</summary>
internal static class Redaction
{
    public const string Mask = "[secret]";

    // librdkafka's own settings: the room that knows them knows more of their names.
    private const string KafkaProperties = "kafka:properties:";

    private static readonly string[] Telling = ["password", "secret", "passphrase", "credential", ".pem", "jaas", "oauthbearer.config", "apikey"];

    /// <summary>A path whose last part names a secret; the name of a file that holds one (<c>…location</c>, <c>secretFiles</c>) may be printed.</summary>
    public static bool IsSecret(string path)
    {
        string name = path[(path.LastIndexOf(':') + 1)..];
        if (path.StartsWith(KafkaProperties, StringComparison.OrdinalIgnoreCase) && KafkaOptions.IsSecret(name)) return true;
        bool isPlace = path.Contains(":secretFiles", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("file", StringComparison.OrdinalIgnoreCase) || name.EndsWith("location", StringComparison.OrdinalIgnoreCase);
        return !isPlace && Telling.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The settings fit to be printed: librdkafka's own settings as the room that knows them blots them out.</summary>
    public static AgentSettings Redacted(AgentSettings settings)
    {
        KafkaOptions kafka = settings.Kafka;
        IReadOnlyDictionary<string, string> shown = kafka.RedactedProperties;
        Dictionary<string, string> properties = kafka.Properties.Keys.ToDictionary(name => name, name => shown[name]);
        return settings with { Kafka = kafka with { Properties = properties } };
    }
}
