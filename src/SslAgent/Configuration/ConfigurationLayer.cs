namespace SslAgent.Configuration;

/// <summary>One value as it was written. <paramref name="Text"/> is null for JSON's null.</summary>
internal sealed record LayerEntry(string? Text, string Origin);

/// <summary>
/// One place that gives values: a file, the environment, the command line. Keys are full paths (<c>kafka:topics:0</c>), compared without
/// case, as the environment has it. Later layers win; see <see cref="LayeredValues"/>.
/// </summary>
internal sealed class ConfigurationLayer
{
    public const string EnvironmentPrefix = "SSLAGENT__";

    private readonly SortedDictionary<string, LayerEntry> _entries = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, LayerEntry> Entries => _entries;

    /// <summary>False where this layer has that key already.</summary>
    public bool TryAdd(string path, string? text, string origin) => _entries.TryAdd(path, new LayerEntry(text, origin));

    /// <summary><c>SSLAGENT__learning__batchSize=32</c>; other variables are none of ours.</summary>
    public static ConfigurationLayer FromEnvironment(IReadOnlyDictionary<string, string> variables)
    {
        ConfigurationLayer layer = new();
        foreach ((string name, string value) in variables)
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            layer.TryAdd(name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal), value, $"environment {name}");
        }

        return layer;
    }

    /// <summary><c>--set section:key=value</c> (or <c>section.key</c>), in the order given; the last one for a key wins.</summary>
    public static ConfigurationLayer FromSets(IEnumerable<string> sets, ICollection<ConfigurationFault> faults)
    {
        ConfigurationLayer layer = new();
        foreach (string set in sets)
        {
            int equals = set.IndexOf('=', StringComparison.Ordinal);
            int separator = set.IndexOfAny([':', '.']);
            if (separator <= 0 || equals <= separator + 1)
                faults.Add(new ConfigurationFault($"--set {set}", null, null, "write it as section:key=value, for example learning:batchSize=32"));
            else
                layer._entries[$"{set[..separator].Trim()}:{set[(separator + 1)..equals].Trim()}"] = new LayerEntry(set[(equals + 1)..].Trim(), "--set");
        }

        return layer;
    }
}
