namespace SslAgent.Configuration;

/// <summary>All layers as one: for each key the last layer that has it counts. A list comes whole from one layer, never mixed by index.</summary>
internal sealed class LayeredValues(IReadOnlyList<ConfigurationLayer> layers)
{
    /// <summary>The winning entry of a single value, or null where nobody gives one.</summary>
    public LayerEntry? Value(string path)
    {
        for (int i = layers.Count - 1; i >= 0; i--)
            if (layers[i].Entries.TryGetValue(path, out LayerEntry? entry)) return entry;
        return null;
    }

    /// <summary>The entries of a list from the last layer that says anything about it (item by item, or one comma-separated text), or null.</summary>
    public IReadOnlyList<LayerEntry>? List(string path)
    {
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            if (layers[i].Entries.TryGetValue(path, out LayerEntry? whole)) return Split(whole);
            List<LayerEntry> items = [.. Below(layers[i], path).OrderBy(item => Index(item.Key)).Select(item => item.Value)];
            if (items.Count > 0) return items;
        }

        return null;
    }

    /// <summary>The entries of a dictionary, all layers together, later ones winning key by key; null where nobody says anything.</summary>
    public IReadOnlyDictionary<string, LayerEntry>? Dictionary(string path)
    {
        Dictionary<string, LayerEntry> entries = new(StringComparer.OrdinalIgnoreCase);
        bool given = false;
        foreach (ConfigurationLayer layer in layers)
        {
            given |= layer.Entries.ContainsKey(path);
            foreach ((string key, LayerEntry entry) in Below(layer, path)) entries[key] = entry;
        }

        return given || entries.Count > 0 ? entries : null;
    }

    /// <summary>The last layer that says anything at or below a path, alone; null where none does.</summary>
    public LayeredValues? LastOf(string path) =>
        layers.LastOrDefault(layer => layer.Entries.ContainsKey(path) || Below(layer, path).Any()) is { } layer ? new LayeredValues([layer]) : null;

    /// <summary>Names directly below a path that any layer mentions, with one entry each that says where.</summary>
    public IReadOnlyDictionary<string, LayerEntry> Children(string path)
    {
        Dictionary<string, LayerEntry> children = new(StringComparer.OrdinalIgnoreCase);
        foreach (ConfigurationLayer layer in layers)
            foreach ((string key, LayerEntry entry) in Below(layer, path)) children[key.Split(':', 2)[0]] = entry;
        return children;
    }

    /// <summary>A list's entry by its key: "10" comes behind "9".</summary>
    public static int Index(string key) => int.TryParse(key, out int index) ? index : int.MaxValue;

    private static IEnumerable<KeyValuePair<string, LayerEntry>> Below(ConfigurationLayer layer, string path)
    {
        string prefix = path.Length == 0 ? "" : path + ":";
        return from entry in layer.Entries
               where entry.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && entry.Key.Length > prefix.Length
               select KeyValuePair.Create(entry.Key[prefix.Length..], entry.Value);
    }

    private static LayerEntry[] Split(LayerEntry whole) =>
        [.. (whole.Text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => whole with { Text = item })];
}
