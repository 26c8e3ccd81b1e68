using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>
/// Every name on disk, composed in this one place. Under the store's directory: <c>v000041/</c> a version, <c>.tmp-v000041/</c> one being
/// written, <c>.trash-v000041/</c> one being deleted, <c>HEAD</c> and <c>SERVING</c> pointers, <c>pins/v000041</c>,
/// <c>pruned/v000041</c> what a deleted one had said of itself.
/// </summary>
internal sealed class VersionNames(string directory)
{
    public const string Manifest = "manifest.json";

    /// <summary>The manifest's own sum, as sha256sum prints and checks it.</summary>
    public const string ManifestSum = "manifest.sha256";
    public const string Model = "model.safetensors";
    public const string Training = "training.safetensors";

    /// <summary>Names the files that retention took out of a version; written before they go.</summary>
    public const string Dropped = "dropped.json";

    private const string TemporaryPrefix = ".tmp-";
    private const string TrashPrefix = ".trash-";

    public string Root { get; } = directory;

    public string Pins => Path.Combine(Root, "pins");

    public string Pruned => Path.Combine(Root, "pruned");

    public string Head => Path.Combine(Root, "HEAD");

    public string Serving => Path.Combine(Root, "SERVING");

    public string Of(ModelVersion version) => Path.Combine(Root, Name(version));

    public string File(ModelVersion version, string name) => Path.Combine(Root, Name(version), name);

    public string Temporary(ModelVersion version) => Path.Combine(Root, TemporaryPrefix + Name(version));

    public string Trash(ModelVersion version) => Path.Combine(Root, TrashPrefix + Name(version));

    public string Pin(ModelVersion version) => Path.Combine(Pins, Name(version));

    public string PrunedManifest(ModelVersion version) => Path.Combine(Pruned, Name(version));

    public static string Name(ModelVersion version) => string.Create(CultureInfo.InvariantCulture, $"v{version.Number:D6}");

    /// <summary>A directory that a crash may have left half written or half deleted.</summary>
    public static bool IsLeftover(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) || IsTrash(name);

    /// <summary>A version that was being deleted.</summary>
    public static bool IsTrash(string name) => name.StartsWith(TrashPrefix, StringComparison.Ordinal);

    /// <summary>Only the exact name that <see cref="Name"/> gives; <c>v41</c> or <c>v000041.old</c> is somebody else's.</summary>
    public static bool TryParse(string name, out ModelVersion version) =>
        ModelVersion.TryParse(name, out version) && Name(version) == name;

    /// <summary>A version's file lies directly in its directory: anything else in a name is refused.</summary>
    public static bool IsFileName([NotNullWhen(true)] string? name) =>
        !string.IsNullOrEmpty(name) && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\\', '\0') && name.Length <= 200;
}
