namespace SslAgent.Replay;

/// <summary>Numbers for sources, in order of their first sample. Bounded: later ones share the number 0, called <c>(other)</c>.</summary>
internal sealed class SourceTable(int sourcesMax)
{
    public const string Other = "(other)";

    private readonly List<string> _names = [Other];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public int Count => _names.Count - 1;

    public int NumberOf(string source)
    {
        if (_numbers.TryGetValue(source, out int number)) return number;
        if (Count >= sourcesMax) return 0;
        _names.Add(source);
        return _numbers[source] = Count;
    }

    /// <summary>All names so far, by number: a copy.</summary>
    public string[] Names => [.. _names];

    public string NameOf(int number) => _names[number];

    public void Save(BinaryWriter to)
    {
        to.Write(Count);
        foreach (string name in _names.Skip(1)) to.Write(name);
    }

    public void Load(BinaryReader from)
    {
        _names.RemoveRange(1, Count);
        _numbers.Clear();
        for (int left = from.ReadInt32(); left > 0; left--)
        {
            string name = from.ReadString();
            _names.Add(name);
            _numbers[name] = Count;
        }
    }
}
