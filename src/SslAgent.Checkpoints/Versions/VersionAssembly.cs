using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>Which files make up a version, and what its manifest says.</summary>
internal static class VersionAssembly
{
    public static VersionManifest OfCycle(
        VersionWriter writer, VersionDraft draft, IModelSnapshot snapshot, IReadOnlyList<ExtraFile> extras)
    {
        Dictionary<string, string> metadata = new() { ["format"] = "pt", ["served"] = snapshot.Served, ["digest"] = snapshot.Digest };
        writer.Add(VersionNames.Model, stream => SafetensorsWriter.Write(stream, snapshot.Model, metadata));
        if (snapshot.Training.Count > 0)
            writer.Add(VersionNames.Training, stream => SafetensorsWriter.Write(stream, snapshot.Training, metadata));
        foreach ((string name, byte[] content) in snapshot.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
            writer.Add(name, stream => stream.Write(content));
        foreach (ExtraFile extra in extras) writer.Add(extra.Name, extra.Write);
        return writer.Publish(files => new VersionManifest(
            draft.Version, draft.Parent, RolledBackTo: null, VersionKind.Cycle, draft.Lineage, draft.CreatedAt, draft.Cycle,
            draft.StepsDone, draft.JournalPosition, draft.Offsets, draft.Verdict, draft.Probe, draft.Report, snapshot.Served, snapshot.Digest,
            draft.Plan, draft.Fingerprint, HasTrainingState: snapshot.Training.Count > 0, Reason: null, files));
    }

    /// <summary>
    /// Everything that is known of the target's weights holds for these; position, offsets and reason are the rollback's own.
    /// </summary>
    public static VersionManifest OfRollback(
        VersionWriter writer, RollbackDraft draft, VersionManifest target, IReadOnlyList<ExtraFile> extras, VersionNames names)
    {
        foreach (ExtraFile extra in extras) writer.Add(extra.Name, extra.Write);
        foreach (VersionFile file in target.Files.Where(file => extras.All(extra => extra.Name != file.Name)))
            writer.Link(file, names.File(target.Version, file.Name));
        return writer.Publish(files => target with
        {
            Version = draft.Version,
            Parent = target.Version,
            RolledBackTo = target.Version,
            Kind = draft.Kind,
            Verdict = draft.Kind == VersionKind.Accept ? target.Verdict with { Kind = VerdictKind.Promote } : target.Verdict,
            CreatedAt = draft.CreatedAt,
            JournalPosition = draft.JournalPosition,
            Offsets = draft.Offsets,
            Reason = draft.Reason,
            Files = files,
        });
    }
}
