using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Checkpoints;

/// <summary>What an opener may do to a store.</summary>
public enum StoreAccess
{
    /// <summary>Looks, exports and pins, also while a daemon writes.</summary>
    ReadOnly = 0,

    /// <summary>Publishes, moves pointers and prunes: only for the process that holds the state directory's lock.</summary>
    ReadWrite = 1,
}

/// <summary>
/// The versions on disk, in the directory <c>versions</c> of the state directory; docs/formats/version.md has every byte. A version is
/// immutable once published, but for its moments, which retention may drop. Reading members are safe from any thread at any time; writing
/// ones take turns. Nothing here reads a clock for anything but <c>dropped.json</c> and metrics.
/// </summary>
public sealed class VersionStore
{
    private readonly IDisk _disk;
    private readonly VersionNames _names;
    private readonly VersionReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // Whoever writes, renames or deletes below the store's directory holds this; a save holds it until it is published.
    private readonly Lock _writing = new();
    private readonly VersionIndex _index;
    private readonly VersionPointers _pointers;
    private readonly Pins _pins;
    private readonly PrunedManifests _pruned;

    private VersionStore(IDisk disk, string directory, StoreAccess access, TimeProvider time, ILogger log)
    {
        (_disk, _time, _log, Access) = (disk, time, log, access);
        _names = new VersionNames(directory);
        _reader = new VersionReader(disk, _names);
        _pins = new Pins(disk, _names);
        _pruned = new PrunedManifests(disk, _names);
        _pointers = new VersionPointers(disk, _names);
        List<StoreFinding> findings = [];
        if (access == StoreAccess.ReadWrite) StoreSweep.Run(disk, _names, _reader, findings);
        _index = VersionIndex.Load(disk, _names, _reader, findings);
        _pointers.Load(_index, version => _reader.Verify(version, default).IsSound, access == StoreAccess.ReadWrite, findings);
        Findings = findings;
        foreach (StoreFinding finding in findings) CheckpointsLog.Found(log, finding.Message);
    }

    public StoreAccess Access { get; }

    public string Directory => _names.Root;

    /// <summary>What opening found that an operator should know.</summary>
    public IReadOnlyList<StoreFinding> Findings { get; }

    /// <summary>What training stands on, or null before the first version.</summary>
    public ModelVersion? Head => _pointers.Head;

    /// <summary>What is served: the last promoted version, or null before there is one.</summary>
    public ModelVersion? Serving => _pointers.Serving;

    /// <summary>
    /// Opens a store, made where there is none. Throws <see cref="UnknownManifestFormatException"/> where a newer program wrote it; damaged
    /// versions and pointers are findings, not errors.
    /// </summary>
    public static VersionStore Open(IDisk disk, string directory, StoreAccess access, TimeProvider time, ILogger log) =>
        new(disk, directory, access, time, log);

    /// <summary>The next number, taken from here on: it goes into the journal, later into <see cref="Publish"/>.</summary>
    public ModelVersion ReserveNumber() => _index.Reserve();

    /// <summary>Marks a number that the journal has given away, whether its version was published or not.</summary>
    public void TakeNumber(ModelVersion version) => _index.Take(version);

    /// <summary>Newest first; damaged ones are left out (see <see cref="Findings"/> and <see cref="Verify"/>).</summary>
    public IReadOnlyList<VersionManifest> List() => _index.List();

    public VersionManifest? Find(ModelVersion version) => _index.Find(version);

    /// <summary>For looking back: finds also what a version that retention deleted had said of itself, while that is kept (<see cref="CheckpointOptions.KeepManifests"/>).</summary>
    public VersionManifest? FindEvenPruned(ModelVersion version) => _index.Find(version) ?? _pruned.Find(version);

    public VersionManifest Read(ModelVersion version) => _index.Find(version) ?? throw new UnknownVersionException(version, _names.Root);

    /// <summary>The newest version that <paramref name="where"/> accepts and whose bytes are those of its manifest.</summary>
    public VersionManifest? FindSound(Func<VersionManifest, bool> where, CancellationToken cancellation) =>
        _index.List().FirstOrDefault(manifest => where(manifest) && _reader.Verify(manifest.Version, cancellation).IsSound);

    /// <summary>What a reject goes back to from this version: the nearest promoted one on its line of parents, itself included.</summary>
    public VersionManifest? PromotedOnLine(ModelVersion from) => VersionPointers.PromotedOnLine(_index, from);

    /// <summary>A version's content; the caller disposes it. Sums are checked as it is read.</summary>
    public IStoredModel Open(ModelVersion version) => new StoredModel(_disk, _names, Read(version));

    /// <summary>
    /// Compares all bytes of a version with its manifest, and names every file that differs. Also for versions that cannot be listed.
    /// </summary>
    public VerifyReport Verify(ModelVersion version, CancellationToken cancellation)
    {
        if (_index.Find(version) is null && !_disk.DirectoryExists(_names.Of(version)))
            throw new UnknownVersionException(version, _names.Root);
        return _reader.Verify(version, cancellation);
    }

    /// <summary>What is different between two versions, by their manifests.</summary>
    public VersionDiff Diff(ModelVersion from, ModelVersion to) => VersionDiff.Of(Read(from), Read(to));

    /// <summary>How far each served tensor moved between two versions: reads both models.</summary>
    public IReadOnlyList<TensorChange> DiffWeights(ModelVersion from, ModelVersion to, CancellationToken cancellation)
    {
        using IStoredModel before = Open(from);
        using IStoredModel after = Open(to);
        return TensorDistance.Between(before.ReadModel(), after.ReadModel(), cancellation);
    }

    /// <summary>Copies what another program needs to use the encoders into an empty or new directory; returns the files' names.</summary>
    public IReadOnlyList<string> Export(ModelVersion version, string directory, CancellationToken cancellation) =>
        new VersionExport(_disk, _names).Run(Read(version), directory, cancellation);

    /// <summary>
    /// Publishes a cycle's version; it is listed once it is durable as a whole. The same number with the same weights is a no-op where what
    /// is there is sound; with other weights it is a <see cref="VersionConflictException"/>. A save that fails leaves nothing that is
    /// listed.
    /// </summary>
    public VersionManifest Publish(VersionDraft draft, IModelSnapshot snapshot, IReadOnlyList<ExtraFile> extras)
    {
        lock (_writing)
        {
            RequireWriter();
            if (Published(draft.Version, manifest => manifest.WeightsDigest, snapshot.Digest) is { } already) return already;
            return Write(draft.Version, writer => VersionAssembly.OfCycle(writer, draft, snapshot, extras));
        }
    }

    /// <summary>
    /// Publishes the version gone back to under a new number, its files shared; <paramref name="extras"/> replace those of the same name.
    /// Throws <see cref="VersionDamagedException"/> where it is not sound, <see cref="StorageException"/> where the disk does not say whether it is,
    /// <see cref="ControlRefusedException"/> where it was rejected.
    /// </summary>
    public VersionManifest PublishRollback(RollbackDraft draft, IReadOnlyList<ExtraFile> extras)
    {
        lock (_writing)
        {
            RequireWriter();
            VersionManifest target = Read(draft.Target);
            if (target.Verdict.Kind == VerdictKind.Reject)
                throw new ControlRefusedException($"{target.Version} was rejected: its weights are not gone back to.");
            string identity = $"{target.WeightsDigest} of {target.Version}";
            if (Published(draft.Version, manifest => $"{manifest.WeightsDigest} of {manifest.RolledBackTo}", identity) is { } already)
                return already;
            if (_reader.Verify(target.Version, default) is { IsSound: false, Damages: [FileDamage damage, ..] })
                throw damage.Unreadable ?? (IOException)new VersionDamagedException(target.Version, _names.File(target.Version, damage.File), damage.Detail);
            return Write(draft.Version, writer => VersionAssembly.OfRollback(writer, draft, target, extras, _names));
        }
    }

    /// <summary>
    /// Moves HEAD and SERVING to where a published version's verdict wants them; doing it again changes nothing. Promote: both to it. Hold:
    /// HEAD to it. Reject: HEAD to the last promoted version of its line. A rollback moves HEAD to itself, SERVING to itself or, where it
    /// was only held, to the last promoted one of its line. SERVING moves first: a crash in between leaves HEAD before the version, and
    /// recovery comes here again.
    /// </summary>
    public void MovePointers(ModelVersion version)
    {
        lock (_writing)
        {
            RequireWriter();
            VersionManifest manifest = Read(version);
            ModelVersion? promoted = PromotedOnLine(version)?.Version;
            bool servesAnew = manifest.Verdict.Kind == VerdictKind.Promote || manifest.Kind != VersionKind.Cycle;
            ModelVersion? head = manifest.Verdict.Kind == VerdictKind.Reject ? promoted : version;
            if (servesAnew && promoted is { } serve && Serving != serve) _pointers.MoveServing(serve);
            if (head is { } stand && Head != stand) _pointers.MoveHead(stand);
            CheckpointsLog.PointersMoved(_log, Head?.ToString() ?? "nothing", Serving?.ToString() ?? "nothing", manifest.Verdict.Kind);
        }
    }

    /// <summary>Keeps a version, with the moments that it still has, out of retention's reach. Allowed beside a running daemon.</summary>
    public void Pin(ModelVersion version, string reason)
    {
        Read(version);
        _pins.Add(version, reason);
        // A daemon's retention run may just have taken it: it looks at the pins after it renamed, this looks at the name after it pinned.
        if (_disk.FileExists(_names.File(version, VersionNames.Manifest))) return;
        _pins.Remove(version);
        throw new UnknownVersionException(version, _names.Root);
    }

    /// <summary>False where it was not pinned.</summary>
    public bool Unpin(ModelVersion version) => _pins.Remove(version);

    /// <summary>Pinned versions and why.</summary>
    public IReadOnlyDictionary<ModelVersion, string> PinnedVersions() => _pins.Read();

    /// <summary>What <see cref="Prune"/> would do now.</summary>
    public PruneReport PlanPrune(RetentionPolicy policy) =>
        Retention.Decide(_index.List(), new Protected(Head, Serving, Head is { } head ? PromotedOnLine(head)?.Version : null,
            _pins.Read().Keys.ToHashSet()), policy);

    /// <summary>Takes away what the policy does not keep.</summary>
    public PruneReport Prune(RetentionPolicy policy)
    {
        lock (_writing)
        {
            RequireWriter();
            VersionRemoval removal = new(_disk, _names, _reader, _index, _pins, _pruned);
            PruneReport report = removal.Carry(PlanPrune(policy), policy.KeepManifests, _time.GetUtcNow());
            if (report.Deleted.Count + report.TrainingDropped.Count > 0)
                CheckpointsLog.Pruned(_log, report.Deleted.Count, report.TrainingDropped.Count, report.BytesFreed);
            return report;
        }
    }

    private VersionManifest? Published(ModelVersion version, Func<VersionManifest, string> identity, string offered)
    {
        if (_index.Find(version) is not { } stored || !_reader.Verify(version, default).IsSound) return null;
        return identity(stored) == offered ? stored : throw new VersionConflictException(version, identity(stored), offered);
    }

    private VersionManifest Write(ModelVersion version, Func<VersionWriter, VersionManifest> assemble)
    {
        long started = Stopwatch.GetTimestamp();
        _index.Take(version);
        VersionWriter writer = VersionWriter.Begin(_disk, _names, version);
        try
        {
            VersionManifest manifest = assemble(writer);
            _index.Put(manifest);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            CheckpointsMetrics.Saved(manifest.Verdict.Kind, elapsed, writer.BytesWritten);
            CheckpointsLog.Published(_log, version, manifest.Verdict.Kind, writer.BytesWritten, elapsed.TotalMilliseconds);
            return manifest;
        }
        catch (StorageException)
        {
            // A half-written version on a full disk would keep it full.
            writer.Abandon();
            throw;
        }
    }

    private void RequireWriter() =>
        Check.That(Access == StoreAccess.ReadWrite, "only the holder of the state directory's lock writes to the store");
}
