using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>
/// HEAD (what training stands on) and SERVING (what users get). A pointer that is damaged, missing or names a version that is not there is
/// set to the best that can be found, and the finding says so. Moves under the store's lock; read from any thread.
/// </summary>
internal sealed class VersionPointers(IDisk disk, VersionNames names)
{
    private readonly Lock _lock = new();
    private ModelVersion? _head;
    private ModelVersion? _serving;

    public ModelVersion? Head
    {
        get { lock (_lock) return _head; }
    }

    public ModelVersion? Serving
    {
        get { lock (_lock) return _serving; }
    }

    public void MoveHead(ModelVersion version)
    {
        PointerFile.Write(disk, names.Head, version);
        lock (_lock) _head = version;
    }

    public void MoveServing(ModelVersion version)
    {
        PointerFile.Write(disk, names.Serving, version);
        lock (_lock) _serving = version;
    }

    /// <summary>Reads both; mends them in memory, and on disk where that is allowed.</summary>
    /// <param name="isSound">Compares a version's bytes with its manifest: only asked about what a pointer is mended to.</param>
    public void Load(VersionIndex index, Func<ModelVersion, bool> isSound, bool mayWrite, List<StoreFinding> findings)
    {
        ModelVersion? head = Read(names.Head, "HEAD", index, findings);
        VersionManifest? Newest(Func<VersionManifest, bool> where) =>
            index.List().FirstOrDefault(manifest => where(manifest) && isSound(manifest.Version));
        head ??= Mended("HEAD", Newest(manifest => manifest.Verdict.Kind != VerdictKind.Reject), findings);
        ModelVersion? serving = Read(names.Serving, "SERVING", index, findings);
        serving ??= Mended("SERVING", Promoted(index, head, isSound), findings);
        lock (_lock) (_head, _serving) = (head, serving);
        if (!mayWrite) return;
        if (head is { } h && PointerFile.Read(disk, names.Head).Version != h) PointerFile.Write(disk, names.Head, h);
        if (serving is { } s && PointerFile.Read(disk, names.Serving).Version != s) PointerFile.Write(disk, names.Serving, s);
    }

    /// <summary>The last promoted version on the line of parents, this version included.</summary>
    public static VersionManifest? PromotedOnLine(VersionIndex index, ModelVersion? from)
    {
        VersionManifest? at = from is { } version ? index.Find(version) : null;
        while (at is not null && at.Verdict.Kind != VerdictKind.Promote) at = at.Parent is { } parent ? index.Find(parent) : null;
        return at;
    }

    private ModelVersion? Read(string path, string name, VersionIndex index, List<StoreFinding> findings)
    {
        (ModelVersion? version, string? fault) = PointerFile.Read(disk, path);
        if (fault is not null) findings.Add(new StoreFinding(null, $"{name} is damaged: {fault}."));
        else if (version is { } named && index.Find(named) is null)
            findings.Add(new StoreFinding(named, $"{name} names {named}, which is missing or damaged."));
        return version is { } found && index.Find(found) is not null ? found : null;
    }

    private static ModelVersion? Mended(string name, VersionManifest? found, List<StoreFinding> findings)
    {
        if (found is not null)
            findings.Add(new StoreFinding(
                found.Version, $"{name} is taken to be {found.Version}, the newest sound version that it may name."));
        return found?.Version;
    }

    private static VersionManifest? Promoted(VersionIndex index, ModelVersion? head, Func<ModelVersion, bool> isSound) =>
        PromotedOnLine(index, head) is { } onLine && isSound(onLine.Version)
            ? onLine
            : index.List().FirstOrDefault(manifest => manifest.Verdict.Kind == VerdictKind.Promote && isSound(manifest.Version));
}
