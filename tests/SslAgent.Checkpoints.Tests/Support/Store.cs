using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints.Tests;

/// <summary>Opens stores and fills them.</summary>
internal static class Store
{
    public static VersionStore Open(TemporaryDirectory directory, IDisk? disk = null, StoreAccess access = StoreAccess.ReadWrite) =>
        VersionStore.Open(disk ?? LocalDisk.Instance, directory.Versions, access, TimeProvider.System, NullLogger.Instance);

    /// <summary>Publishes a version with weights of its own and moves the pointers.</summary>
    public static VersionManifest Add(this VersionStore store, int version, int? parent = null, VerdictKind verdict = VerdictKind.Promote)
    {
        VersionManifest manifest = store.Publish(Some.Draft(version, parent, verdict), Some.Snapshot(version), [Some.Replay()]);
        store.MovePointers(manifest.Version);
        return manifest;
    }

    public static ModelVersion V(int number) => new(number);

    public static bool Holds(this VersionStore store, int version) => store.Find(V(version)) is not null;

    public static void Flip(string path, int at = 100)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[Math.Min(at, bytes.Length - 1)] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}
