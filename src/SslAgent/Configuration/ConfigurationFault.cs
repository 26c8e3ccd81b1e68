namespace SslAgent.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Path">The key as <c>--set</c> takes it (<c>learning:batchSize</c>), or a file's name.</param>
/// <param name="Value">What was given, null where nothing was.</param>
/// <param name="Origin">Where it was given: a file, an environment variable, <c>--set</c>; null for a default.</param>
/// <param name="Reason">What is wrong with it, with unit and limit, and where possible what to write instead.</param>
internal sealed record ConfigurationFault(string Path, string? Value, string? Origin, string Reason)
{
    public override string ToString()
    {
        string value = Value is null ? "" : $" = {(Redaction.IsSecret(Path) ? Redaction.Mask : Value.Length == 0 ? "nothing" : Value)}";
        string origin = Origin is null ? "" : $" (from {Origin})";
        return $"{Path}{value}{origin}: {Reason}";
    }
}
