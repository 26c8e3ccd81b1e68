using System.Text;
using System.Text.Unicode;

namespace SslAgent.Ingest.Decoding;

/// <summary>
/// Short names in messages (source, id, pair key) to strings. A few recent ones are remembered, since a stream names the same sources
/// over and over. Used by the ingest thread alone.
/// </summary>
internal sealed class SourceNames
{
    /// <summary>Longest source, id or pair key, in bytes of UTF-8.</summary>
    public const int BytesMax = 256;

    private const int Slots = 256;

    private readonly (byte[] Utf8, string Name)[] _recent = new (byte[], string)[Slots];
    private readonly Dictionary<(string Topic, int Partition), string> _partitions = [];

    /// <summary>The name, or null where the bytes are none: empty, too long, not UTF-8, or with control characters.</summary>
    public string? Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > BytesMax) return null;
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        ref (byte[] Utf8, string Name) slot = ref _recent[hash.ToHashCode() & (Slots - 1)];
        if (slot.Name is not null && utf8.SequenceEqual(slot.Utf8)) return slot.Name;
        if (!Utf8.IsValid(utf8)) return null;
        string name = Encoding.UTF8.GetString(utf8);
        if (name.AsSpan().Trim().IsEmpty || name.Any(char.IsControl)) return null;
        slot = (utf8.ToArray(), name);
        return name;
    }

    /// <summary>The name of a source that nobody named: <c>topic/partition</c>. As many entries as there are partitions.</summary>
    public string OfPartition(string topic, int partition)
    {
        if (_partitions.TryGetValue((topic, partition), out string? name)) return name;
        name = $"{topic}/{partition}";
        _partitions.Add((topic, partition), name);
        return name;
    }
}
