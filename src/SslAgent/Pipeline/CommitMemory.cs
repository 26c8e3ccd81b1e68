using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// <c>commits.json</c>: between which offsets the group's committed ones lie if nobody but this agent has set them. Written before offsets are sent, so
/// a crash at any moment leaves the group's offset inside; what lies outside is an operator's reset, or another member (docs/decisions/0033). Losing
/// the file costs only that knowledge; a checksum over its values tells a flipped bit, and files of releases that wrote none are read without. Safe from any
/// thread; whoever made it disposes it, after the reader.
/// </summary>
internal sealed class CommitMemory : ICommitMemory, IDisposable
{
    private readonly IDisk _disk;
    private readonly string _path;
    private readonly string _group;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<PartitionName, Entry> _entries = [];
    private bool _isDirty;

    public CommitMemory(IDisk disk, string path, string group, ILogger log)
    {
        (_disk, _path, _group, _log) = (disk, path, group, log);
        foreach (CommitLine line in Load()) _entries[new PartitionName(line.Topic, line.Partition)] = new Entry(line.Epoch, line.Low, line.High, line.IsAcknowledged);
    }

    public CommitBounds? FindCommit(string topic, int partition)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(new PartitionName(topic, partition), out Entry entry) && entry.IsAcknowledged
                ? new CommitBounds(entry.Epoch, entry.Low, entry.High)
                : null;
        }
    }

    /// <summary>
    /// Makes it durable that these offsets are about to be sent. False where the disk does not take it: then they must not be sent now.
    /// </summary>
    public bool TryRemember(IReadOnlyList<PartitionPosition> positions)
    {
        lock (_gate)
        {
            foreach (PartitionPosition position in positions) Sending_NeedsLock(position);
            return TryWrite_NeedsLock();
        }
    }

    /// <summary>
    /// The first acknowledgement in an epoch proves only that the group is past the epoch's first; each further one raises the lower bound. One that comes
    /// late lowers it: the client sends a failed commit again, and Kafka may have taken the older offset after the newer one.
    /// </summary>
    public void Acknowledged(string topic, int partition, long offset)
    {
        lock (_gate)
        {
            var name = new PartitionName(topic, partition);
            if (!_entries.TryGetValue(name, out Entry entry) || offset > entry.High || (offset < entry.Low && !entry.IsAcknowledged)) return;
            if (entry.IsAcknowledged && entry.Low == offset) return;
            _entries[name] = entry with { Low = entry.IsAcknowledged || entry.Low == entry.High ? offset : entry.Low, IsAcknowledged = true };
            _isDirty = true;
        }
    }

    /// <summary>Keeps the last acknowledgements, which came while the reader closed.</summary>
    public void Dispose()
    {
        lock (_gate) TryWrite_NeedsLock();
    }

    private void Sending_NeedsLock(PartitionPosition position)
    {
        var name = new PartitionName(position.Topic, position.Partition);
        bool isKnown = _entries.TryGetValue(name, out Entry entry) && entry.Epoch == position.Epoch;
        // A lower offset in one epoch: the journal lost its end and is being read again. What Kafka has is still the higher one.
        if (isKnown && position.NextOffset <= entry.High) return;
        _entries[name] = isKnown ? entry with { High = position.NextOffset } : new Entry(position.Epoch, position.NextOffset, position.NextOffset, false);
        _isDirty = true;
    }

    private bool TryWrite_NeedsLock()
    {
        if (!_isDirty) return true;
        CommitFile file = new(_group, [.. _entries.OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal).Select(entry => new CommitLine(
            entry.Key.Topic, entry.Key.Partition, entry.Value.Epoch, entry.Value.Low, entry.Value.High, entry.Value.IsAcknowledged))]);
        try
        {
            AtomicFile.Write(_disk, _path, JsonSerializer.SerializeToUtf8Bytes(file with { Crc32c = file.Sum() }, CommitJson.Default.CommitFile));
            _isDirty = false;
            return true;
        }
        catch (StorageException)
        {
            // Policy: nothing depends on a commit; it is sent with a later one, and the journal's own writes tell the operator about the disk.
            return false;
        }
    }

    private IReadOnlyList<CommitLine> Load()
    {
        try
        {
            if (AtomicFile.Read(_disk, _path) is not { } bytes) return [];
            CommitFile? file = JsonSerializer.Deserialize(bytes, CommitJson.Default.CommitFile);
            if (file?.Crc32c is { } sum && sum != file.Sum()) throw new JsonException($"its checksum is {sum} and its content's {file.Sum()}");
            return file is not null && file.Group == _group ? file.Partitions : [];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or StorageException)
        {
            HeadLog.CommitsForgotten(_log, _path, fault.Message);
            return [];
        }
    }

    private readonly record struct Entry(int Epoch, long Low, long High, bool IsAcknowledged);
}

/// <summary>The file's content. Bounds of another group say nothing.</summary>
internal sealed record CommitFile(string Group, IReadOnlyList<CommitLine> Partitions)
{
    /// <summary>Over the values, however they are laid out. Null in the files of releases that wrote none.</summary>
    public string? Crc32c { get; init; }

    public string Sum()
    {
        string values = string.Join('\n', Partitions.Select(line => string.Create(
            CultureInfo.InvariantCulture, $"{line.Topic}/{line.Partition} {line.Epoch} {line.Low} {line.High} {line.IsAcknowledged}")).Prepend(Group));
        return Storage.Crc32C.Compute(Encoding.UTF8.GetBytes(values)).ToString("x8", CultureInfo.InvariantCulture);
    }
}

/// <summary>One partition's bounds; not acknowledged: sent in this epoch, and no answer yet.</summary>
internal sealed record CommitLine(string Topic, int Partition, int Epoch, long Low, long High, bool IsAcknowledged);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CommitFile))]
internal sealed partial class CommitJson : JsonSerializerContext;
