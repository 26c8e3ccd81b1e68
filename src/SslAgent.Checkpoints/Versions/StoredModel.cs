using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// A version's content, read into memory of its own and checked against the manifest's sums while it is read. The tensors live until this
/// is disposed. One thread at a time.
/// </summary>
internal sealed class StoredModel(IDisk disk, VersionNames names, VersionManifest manifest) : IStoredModel
{
    private readonly List<IDisposable> _owned = [];
    private Dictionary<string, TensorBytes>? _model;
    private Dictionary<string, TensorBytes>? _training;

    public VersionManifest Manifest { get; } = manifest;

    public IReadOnlyDictionary<string, TensorBytes> ReadModel() => _model ??= ReadTensors(VersionNames.Model);

    public IReadOnlyDictionary<string, TensorBytes> ReadTraining() =>
        _training ??= Manifest.HasTrainingState ? ReadTensors(VersionNames.Training) : [];

    public byte[]? ReadFile(string name)
    {
        if (Manifest.Files.FirstOrDefault(file => file.Name == name) is not { } file) return null;
        if (file.Bytes > Array.MaxLength) throw new NotSupportedException($"{name} has {file.Bytes} bytes: too many to be read at once.");
        return Read(file, (stream, bytes) =>
        {
            byte[] content = new byte[bytes];
            stream.ReadExactly(content);
            return content;
        });
    }

    public void Dispose()
    {
        foreach (IDisposable memory in _owned) memory.Dispose();
        _owned.Clear();
    }

    private Dictionary<string, TensorBytes> ReadTensors(string name)
    {
        VersionFile file = Manifest.Files.FirstOrDefault(file => file.Name == name)
            ?? throw new VersionDamagedException(Manifest.Version, names.File(Manifest.Version, name), "not in the manifest");
        return Read(file, (stream, bytes) => SafetensorsReader.Read(stream, bytes, _owned));
    }

    /// <summary>The size is compared before the content is read, the sum before it is given out.</summary>
    private T Read<T>(VersionFile file, Func<Stream, long, T> read)
    {
        string path = names.File(Manifest.Version, file.Name);
        if (!disk.FileExists(path)) throw new VersionDamagedException(Manifest.Version, path, "missing");
        using HashedReadStream stream = new(disk, path);
        if (stream.Length != file.Bytes)
            throw new VersionDamagedException(Manifest.Version, path, $"{stream.Length} bytes, the manifest names {file.Bytes}");
        try
        {
            T content = read(stream, file.Bytes);
            string sum = stream.Finish();
            return sum == file.Sha256
                ? content
                : throw new VersionDamagedException(Manifest.Version, path, $"sha256 {sum}, the manifest names {file.Sha256}");
        }
        catch (FormatException fault)
        {
            throw new VersionDamagedException(Manifest.Version, path, fault.Message, fault);
        }
    }
}
