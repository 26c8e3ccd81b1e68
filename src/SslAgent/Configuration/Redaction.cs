namespace SslAgent.Configuration;

/// <summary>Which option values must never be printed. Names decide, on the side of caution.</summary>
internal static class Redaction
{
    public const string Mask = "***";

    private static readonly string[] Telling = ["password", "secret", "passphrase", "credential", "ssl.key.pem", "jaas", "oauthbearer.config", "apikey"];

    /// <summary>A path whose last parts name a secret; a file that holds one (<c>…file</c>, <c>…location</c>) may be printed.</summary>
    public static bool IsSecret(string path)
    {
        string name = path[(path.LastIndexOf(':') + 1)..];
        bool isPlace = name.EndsWith("file", StringComparison.OrdinalIgnoreCase) || name.EndsWith("location", StringComparison.OrdinalIgnoreCase);
        return !isPlace && Telling.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
