using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>A version that is not in the store, or not any more.</summary>
public sealed class UnknownVersionException(ModelVersion version, string directory)
    : Exception($"There is no version {version} in {directory}.")
{
    public ModelVersion Version { get; } = version;
}

/// <summary>A version whose bytes are not those that its manifest names.</summary>
public sealed class VersionDamagedException(ModelVersion version, string path, string detail, Exception? inner = null)
    : IOException($"Version {version} is damaged: {path}: {detail}", inner)
{
    public ModelVersion Version { get; } = version;

    public string Path { get; } = path;

    public string Detail { get; } = detail;
}

/// <summary>A number that is taken by other weights: two different versions were given one number, and neither is overwritten.</summary>
public sealed class VersionConflictException(ModelVersion version, string storedDigest, string offeredDigest)
    : Exception($"Version {version} is already published with weights {storedDigest}; weights {offeredDigest} cannot take its number.")
{
    public ModelVersion Version { get; } = version;
}

/// <summary>A manifest of a format that this program does not know: written by a newer one. Nothing is read from it or changed.</summary>
public sealed class UnknownManifestFormatException(string path, int format, int known)
    : IOException($"{path} has manifest format {format}, this program knows formats up to {known}: use the program that wrote it.")
{
    public int Format { get; } = format;
}
