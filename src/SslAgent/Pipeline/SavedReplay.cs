using SslAgent.Checkpoints;
using SslAgent.Domain;

namespace SslAgent.Pipeline;

/// <summary>The replay state that a version was saved with.</summary>
internal static class SavedReplay
{
    /// <summary>The content of its <c>replay.bin</c>; null where the version is not there any more or has none.</summary>
    public static MemoryStream? Of(VersionStore store, ModelVersion version)
    {
        if (store.Find(version) is null) return null;
        try
        {
            using IStoredModel stored = store.Open(version);
            return stored.ReadFile(Publisher.ReplayFile) is { } saved ? new MemoryStream(saved) : null;
        }
        catch (UnknownVersionException)
        {
            return null; // Retention took it in between.
        }
    }
}
