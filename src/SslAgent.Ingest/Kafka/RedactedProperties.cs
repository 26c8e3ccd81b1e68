namespace SslAgent.Ingest.Kafka;

/// <summary>Tells secrets among librdkafka's settings and keeps them out of everything that is printed.</summary>
internal static class RedactedProperties
{
    public const string Blot = "[secret]";

    /// <summary>Shorter values are not looked for in other texts: they would blot out half of any sentence.</summary>
    private const int SearchedLengthMin = 4;

    /// <summary>Parts of names whose values are secret: passwords, client secrets, tokens, keys given in place, OAUTHBEARER's configuration.</summary>
    private static readonly string[] SecretParts = ["password", "secret", "token", "pem", "jaas", "oauthbearer.config", "credential", "passphrase"];

    /// <summary>Names that hold such a part and are harmless: places and addresses.</summary>
    private static readonly string[] HarmlessEnds = [".location", ".endpoint.url", ".pem.location"];

    public static IReadOnlyDictionary<string, string> Of(KafkaOptions options)
    {
        var shown = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in options.Properties) shown[name] = IsSecret(name) ? Blot : value;
        foreach ((string name, string path) in options.SecretFiles) shown[name] = $"{Blot} from {path}";
        return shown;
    }

    public static bool IsSecret(string name) =>
        SecretParts.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase))
        && !HarmlessEnds.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>A text by somebody else (a client's log line, an error) with every secret value blotted out.</summary>
    public static string Scrub(string text, IEnumerable<string> secrets)
    {
        foreach (string secret in secrets)
        {
            if (secret.Length >= SearchedLengthMin) text = text.Replace(secret, Blot, StringComparison.Ordinal);
        }

        return text;
    }
}
