namespace SslAgent.Domain;

/// <summary>Element types that leave the learning room; names as in safetensors.</summary>
public enum TensorElement
{
    F32 = 0,
    BF16 = 1,
    I64 = 2,
    U8 = 3,
}

/// <summary>A named tensor's bytes, little-endian, row-major, contiguous. The memory belongs to whoever handed it out and is only read.</summary>
public sealed record TensorBytes(string Name, TensorElement Element, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);

/// <summary>
/// One copy of everything that training stands on, taken between two steps into preallocated memory, so that training goes on
/// while it is written. Whoever took it disposes it, which gives the memory back for the next one.
/// </summary>
public interface IModelSnapshot : IDisposable
{
    /// <summary>The weights to serve, by the model's own names.</summary>
    IReadOnlyList<TensorBytes> Model { get; }

    /// <summary>Masters, moments, averages, objective state: what training needs beyond <see cref="Model"/>.</summary>
    IReadOnlyList<TensorBytes> Training { get; }

    /// <summary>Small files of the learner: <c>learner.json</c> (counters), <c>model.json</c> (architecture, normalisation), <c>tokenizer.json</c>.</summary>
    IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary><c>ema</c> or <c>raw</c>.</summary>
    string Served { get; }

    /// <summary>sha256 over the training state, lower-case hex.</summary>
    string Digest { get; }
}

/// <summary>Read access to a stored version's content, for whoever restores from it. Disposing closes the files.</summary>
public interface IStoredModel : IDisposable
{
    VersionManifest Manifest { get; }

    /// <summary>Tensors of <c>model.safetensors</c>.</summary>
    IReadOnlyDictionary<string, TensorBytes> ReadModel();

    /// <summary>Tensors of <c>training.safetensors</c>; empty where retention dropped them.</summary>
    IReadOnlyDictionary<string, TensorBytes> ReadTraining();

    /// <summary>A small file's bytes, or null where the version has none of that name.</summary>
    byte[]? ReadFile(string name);
}
