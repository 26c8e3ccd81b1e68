namespace SslAgent.Ingest.Kafka;

/// <summary>
/// The operator's settings with secrets read from their files: what a client is built from. Read anew for every client, so a rotated
/// secret is taken up when a client is made again. Never printed.
/// </summary>
internal sealed class KafkaSettings
{
    private readonly string[] _secrets;

    private KafkaSettings(IReadOnlyDictionary<string, string> values, string[] secrets)
    {
        Values = values;
        _secrets = secrets;
    }

    /// <summary>All settings that every client of this agent shares.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    /// <summary>Throws <see cref="KafkaSettingsException"/> where a secret's file cannot be read.</summary>
    public static KafkaSettings Read(KafkaOptions options)
    {
        var values = new Dictionary<string, string>(options.Properties, StringComparer.Ordinal);
        foreach ((string name, string path) in options.SecretFiles) values[name] = ReadSecret(name, path);
        string[] secrets =
        [
            .. values.Where(value => RedactedProperties.IsSecret(value.Key) || options.SecretFiles.ContainsKey(value.Key)).Select(value => value.Value),
        ];
        values["bootstrap.servers"] = options.BootstrapServers;
        values.TryAdd("client.id", "sslagent");
        return new KafkaSettings(values, secrets);
    }

    /// <summary>A text from the client, fit to be logged.</summary>
    public string Scrub(string text) => RedactedProperties.Scrub(text, _secrets);

    private static string ReadSecret(string name, string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new KafkaSettingsException($"kafka.secretFiles: the file of {name}, {path}, cannot be read: {wrong.Message}", wrong);
        }
    }
}

/// <summary>Kafka settings that no client can be made from; the message names the setting or file and holds no secret.</summary>
public sealed class KafkaSettingsException(string message, Exception? inner = null) : Exception(message, inner);
