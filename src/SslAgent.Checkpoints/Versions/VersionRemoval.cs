using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// Carries a retention plan out, oldest version first. A version is first renamed to a leftover's name (from there a crash ends in it being
/// gone), then deleted; its manifest stays under <c>pruned/</c>. Moments go after <c>dropped.json</c> says so durably, so that their absence is never taken for damage.
/// </summary>
internal sealed class VersionRemoval(IDisk disk, VersionNames names, VersionReader reader, VersionIndex index, Pins pins, PrunedManifests pruned)
{
    /// <summary>Returns what was really done: a version that was pinned meanwhile stays, with its moments.</summary>
    public PruneReport Carry(PruneReport plan, int keptManifests, DateTimeOffset at)
    {
        List<ModelVersion> deleted = [];
        foreach (ModelVersion version in plan.Deleted)
        {
            if (Delete(version, keptManifests > 0)) deleted.Add(version);
        }
        if (deleted.Count > 0) pruned.Bound(keptManifests);
        List<ModelVersion> dropped = [];
        foreach (ModelVersion version in plan.TrainingDropped)
        {
            if (DropTraining(version, at)) dropped.Add(version);
        }
        return plan with { Deleted = deleted, TrainingDropped = dropped };
    }

    private bool Delete(ModelVersion version, bool keepsManifest)
    {
        if (keepsManifest && index.Find(version) is { } manifest) pruned.Keep(manifest);
        // An attempt that failed on the way has renamed it already.
        if (disk.DirectoryExists(names.Of(version))) disk.Rename(names.Of(version), names.Trash(version));
        if (pins.Read().ContainsKey(version))
        {
            disk.Rename(names.Trash(version), names.Of(version));
            return false;
        }
        disk.SyncDirectory(names.Root);
        index.Remove(version);
        disk.DeleteDirectory(names.Trash(version));
        return true;
    }

    private bool DropTraining(ModelVersion version, DateTimeOffset at)
    {
        DroppedFiles dropped = new(DroppedFiles.KnownFormat, [VersionNames.Training], at);
        AtomicFile.Write(disk, names.File(version, VersionNames.Dropped),
            JsonSerializer.SerializeToUtf8Bytes(dropped, DroppedJson.Default.DroppedFiles));
        bool isPinned = pins.Read().ContainsKey(version);
        disk.Delete(names.File(version, isPinned ? VersionNames.Dropped : VersionNames.Training));
        disk.SyncDirectory(names.Of(version));
        if (!isPinned) index.Put(reader.ReadManifest(version));
        return !isPinned;
    }
}
