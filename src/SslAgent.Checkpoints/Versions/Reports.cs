using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>One file of a version that is not what the manifest names, and in what way.</summary>
public sealed record FileDamage(string File, string Detail)
{
    /// <summary>The bytes that are not those that were written, as far as the sums tell: to the mebibyte, or the whole file. Empty where it cannot be read at all.</summary>
    public IReadOnlyList<ByteRange> Ranges { get; init; } = [];

    /// <summary>Where the disk did not give the bytes: whether they are damaged nobody knows yet.</summary>
    internal StorageException? Unreadable { get; init; }
}

/// <summary>Bytes of a file, the last one not included.</summary>
public sealed record ByteRange(long From, long To)
{
    public override string ToString() => $"{From} to {To}";
}

/// <summary>Whether a version's bytes are those of its manifest.</summary>
/// <param name="Bytes">Bytes that the manifest names and that were compared.</param>
public sealed record VerifyReport(ModelVersion Version, long Bytes, IReadOnlyList<FileDamage> Damages)
{
    public bool IsSound => Damages.Count == 0;
}

/// <summary>What opening a store found that an operator should know, one sentence each.</summary>
public sealed record StoreFinding(ModelVersion? Version, string Message);

/// <summary>What a retention run did, or would do.</summary>
/// <param name="Deleted">Versions that are gone, oldest first.</param>
/// <param name="TrainingDropped">Versions that lost their moments: they can be served and gone back to, not trained on.</param>
/// <param name="BytesFreed">By the manifests; a rollback shares its files with the version gone back to, so the disk may gain less.</param>
public sealed record PruneReport(IReadOnlyList<ModelVersion> Deleted, IReadOnlyList<ModelVersion> TrainingDropped, long BytesFreed);
