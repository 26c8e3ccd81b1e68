using System.Security.Cryptography;
using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Guarding.Drift;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Auditing;

/// <summary>
/// Derives one version again, as the daemon did, and compares:
/// <code>
/// (1) a saved replay state, and the journal as far as the cycle's first record ─ (2) the parent's training state ─ (3) the recorded steps ─ (4) probes
///   ─ (5) weights, facts, probes against the version on disk ─ (6) the journal as far as its last record, against the replay state on disk
/// </code>
/// One thread, and no other, calls all of this: the learner's tensors are that thread's.
/// </summary>
internal sealed class VersionAudit(
    VersionStore store, Func<VersionStore> lookAgain, ReplayReading journal, ulong seed, Guard guard, TimeProvider time, Action<AuditProgress> progress)
{
    /// <summary>Whether the same sums on this device always have the same bits. A test says otherwise of the CPU, to see what is asked then.</summary>
    public required Func<string, bool> PromisesBits { get; init; }

    public static bool IsExact(string device) => device == "cpu";

    public AuditedVersion Run(Derivation derivation, CancellationToken cancellation)
    {
        Ground ground = Ground.Of(derivation, store, journal);
        try
        {
            return ground switch
            {
                Ground.Solid solid => Derive((Derivation.Trained)derivation, solid, cancellation),
                Ground.SameAs same => Compare((Derivation.Anew)derivation, same, cancellation),
                Ground.None none => AuditedVersion.Unseen(derivation, none.Outcome, none.Manifest, none.Reason),
                _ => throw new BrokenInvariantException($"an audit has no {ground.GetType().Name}"),
            };
        }
        catch (VersionDamagedException fault)
        {
            return AuditedVersion.Unseen(derivation, OutcomeOf(fault, derivation.Version), store.Find(derivation.Version), ReasonOf(fault));
        }
        catch (Exception fault) when (fault is ControlRefusedException or (IOException and not StorageException))
        {
            // What it is derived from is not there: samples or segments that are gone, a past that was rewound to, a saved state of another release.
            return AuditedVersion.Unseen(derivation, AuditOutcome.OutOfReach, store.Find(derivation.Version), fault.Message);
        }
    }

    private AuditedVersion Derive(Derivation.Trained trained, Ground.Solid ground, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        progress(new AuditProgress(trained.Version, trained.Open.Parent, 0, trained.Ended.StepsDone));
        ReplayState state = StateOf(ground); // (1)
        FoldReport fold = journal.Fold(state, ground.Plan.Replay, trained.Open.Sequence, cancellation);
        if (fold.Missing.Count > 0) return AuditedVersion.Unseen(trained, AuditOutcome.OutOfReach, ground.Manifest, Lacking(fold));
        OpenCycle begun = Check.NotNull(state.OpenCycle, "a fold as far as a cycle's first record has it open");
        PreparedCycle cycle = PreparedCycle.Of(
            begun, trained.Open, trained.TokenizerJson,
            plan => (journal.View(begun, plan.FreshShare, plan.SourceWeights), journal.Sentinels(begun), journal.Buffer(begun, plan.Replay)));

        journal.TakeUnreadable();
        using var seat = new LearnerSeat(store, time);
        seat.Take(cycle.Plan.Learner, cycle.Parent); // (2)
        seat.Adopt(cycle.TokenizerJson);
        seat.HoldTo(cycle.Promoted);
        CycleReport report = Train(trained, cycle, seat, cancellation); // (3)
        ProbeReport probe = seat.Learner.Probe(cycle.Sentinels); // (4)
        using IModelSnapshot snapshot = seat.Learner.Snapshot();
        using IStoredModel stored = store.Open(trained.Version);
        List<string> bits = // (5)
            [.. VersionComparison.OfWeights(stored, snapshot), .. VersionComparison.OfQuarantine(trained, report), .. VersionComparison.OfProbes(stored.Manifest.Probe, probe)];
        // A GPU is asked for fixed orders of sums, and where it kept to them it is held to nothing less; not every stack can ask.
        InexactComparison? inexact = bits.Count == 0 || PromisesBits(cycle.Plan.Learner.Compute.Device) ? null : InexactComparison.Of(stored, probe, seat.Learner, cycle.Sentinels);
        List<string> differences = [.. inexact?.Differences ?? bits, .. VersionComparison.OfFacts(stored.Manifest, trained)];
        differences.AddRange(CompareBuffer(trained, cycle, seat, stored, isExact: inexact is null));
        List<string> notes = [];
        IReadOnlyList<SampleUnreadableException> unreadable = journal.TakeUnreadable();
        if (unreadable.Count > 0) notes.Add($"{unreadable.Count} samples cannot be read any more, the first: {unreadable[0].Message}");
        if (differences.Count > 0 && unreadable.Count > 0 && unreadable.All(sample => sample.InnerException is null))
            return AuditedVersion.Unseen(trained, AuditOutcome.OutOfReach, ground.Manifest, $"{unreadable.Count} samples that it learned from are no longer in the journal: retired or forgotten");
        CompareState(trained, ground.Plan, state, stored, differences, notes, cancellation); // (6)
        if (inexact is not null)
            notes.Add($"{cycle.Plan.Learner.Compute.Device} gave other bits this time: instead of them the held-out losses of the stored weights, of the derived ones and of the manifest are compared, within their own noise");
        Verdict again = guard.Judge(new GuardInput(report, probe, seat.Book));
        if (again.Kind != trained.Ended.Verdict.Kind)
            notes.Add($"judged anew under this configuration's guard it would be: {again.Kind}; the journal has {trained.Ended.Verdict.Kind}");
        return AuditedVersion.Seen(
            trained, ground.Manifest, snapshot.Digest, time.GetElapsedTime(started).TotalSeconds, OutcomeOf(differences, inexact),
            differences.Count > 0 ? differences : [.. inexact?.Incomparable ?? []], notes);
    }

    private ReplayState StateOf(Ground.Solid ground)
    {
        if (ground.FoldFrom is not { } from) return new ReplayState(ground.Plan.Replay, seed);
        return ReplayState.Load(
            Check.NotNull(SavedReplay.Of(store, from.Version), "a version to fold from has a saved replay state"), ground.Plan.Replay, seed);
    }

    private CycleReport Train(Derivation.Trained trained, PreparedCycle cycle, LearnerSeat seat, CancellationToken cancellation)
    {
        bool Continue(int steps)
        {
            progress(new AuditProgress(trained.Version, cycle.Parent, steps, trained.Ended.StepsDone));
            return !cancellation.IsCancellationRequested;
        }

        CycleReport report = seat.Learner.RunCycle(cycle.Number, 0, trained.Ended.StepsDone, cycle.Batches, Continue, progress: null);
        cancellation.ThrowIfCancellationRequested();
        return report;
    }

    /// <summary>Lets the derived model weigh the replay buffer, as the daemon's did: the same samples are redundant, and the same embeddings kept.</summary>
    private static IEnumerable<string> CompareBuffer(Derivation.Trained trained, PreparedCycle cycle, LearnerSeat seat, IStoredModel stored, bool isExact)
    {
        if (!isExact || cycle.Buffer.IsEmpty || trained.Ended.Verdict.Kind == VerdictKind.Reject) yield break;
        using ISampleEmbedder embedder = seat.Learner.OpenSampleEmbedder();
        Weighing weighing = cycle.Buffer.Weigh(cycle.Number, seat.Embeddings, embedder, read => read(), fact: null);
        JournalRecord.Evicted recorded = cycle.Evicted ?? new JournalRecord.Evicted(cycle.Number, [], [], []);
        if (!weighing.Evicted.IsSameAs(recorded))
            yield return $"the evictions: {recorded.Count} samples in the journal, {weighing.Evicted.Count} derived, and not the same ones";
        if (stored.ReadFile(EmbeddingBook.FileName) is { } book && !book.AsSpan().SequenceEqual(weighing.Book.Write()))
            yield return $"{EmbeddingBook.FileName}: the samples lie elsewhere";
    }

    private void CompareState(
        Derivation.Trained trained, CyclePlan plan, ReplayState state, IStoredModel stored, List<string> differences, List<string> notes, CancellationToken cancellation)
    {
        FoldReport fold = journal.Fold(state, plan.Replay, trained.At, cancellation);
        if (fold.Missing.Count > 0)
        {
            notes.Add($"its replay state was not compared: {Lacking(fold)}");
            return;
        }

        if (!stored.Manifest.Offsets.SequenceEqual(state.Partitions)) differences.Add("the manifest's offsets: the journal has read other ones by then");
        if (stored.ReadFile(Publisher.ReplayFile) is not { } saved) return;
        using var derived = new MemoryStream();
        state.Save(derived);
        if (!saved.AsSpan().SequenceEqual(derived.GetBuffer().AsSpan(0, (int)derived.Length))) differences.Add($"{Publisher.ReplayFile}: the replay state that the journal gives is another");
    }

    private AuditedVersion Compare(Derivation.Anew anew, Ground.SameAs ground, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        (VersionManifest mine, VersionManifest other) = (ground.Manifest, ground.Target);
        List<string> differences = [];
        if (mine.WeightsDigest != other.WeightsDigest) differences.Add($"the training state: digest {mine.WeightsDigest}, and {other.WeightsDigest} in {anew.Of}, whose weights it should have");
        bool isAccepted = anew.Kind == VersionKind.Accept;
        VerdictKind verdict = isAccepted ? VerdictKind.Promote : other.Verdict.Kind;
        if ((mine.Kind, mine.Verdict.Kind) != (anew.Kind, verdict))
            differences.Add($"the manifest's kind and verdict: {mine.Kind} and {mine.Verdict.Kind}, and by the journal it is {anew.Kind} and {verdict}");
        foreach (VersionFile file in mine.Files.Where(file => file.Name is not (Publisher.ReplayFile or StreamWatch.FileName)))
        {
            bool isOwnBook = isAccepted && file.Name == EraBookJson.FileName;
            string? due = isOwnBook
                ? Convert.ToHexStringLower(SHA256.HashData(EraBookJson.Write(EraBook.Accepted(anew.Version, other))))
                : other.Files.FirstOrDefault(candidate => candidate.Name == file.Name)?.Sha256;
            if (due is not null && due != file.Sha256) differences.Add($"{file.Name}: its content is not {(isOwnBook ? "what was measured of" : "that of")} {anew.Of}");
        }

        foreach (FileDamage damage in store.Verify(anew.Version, cancellation).Damages) differences.Add($"{damage.File}: {damage.Detail}");
        return AuditedVersion.Seen(
            anew, mine, other.WeightsDigest, time.GetElapsedTime(started).TotalSeconds, OutcomeOf(differences, inexact: null), differences, [$"has the weights of {anew.Of}"]);
    }

    private static AuditOutcome OutcomeOf(List<string> differences, InexactComparison? inexact) => differences.Count > 0
        ? AuditOutcome.Differs
        : inexact is null ? AuditOutcome.Equal : inexact.Incomparable.Count > 0 ? AuditOutcome.NotComparable : AuditOutcome.WithinNoise;

    /// <summary>A version whose own bytes are damaged is not what the journal gives; damage elsewhere says nothing about it.</summary>
    private AuditOutcome OutcomeOf(VersionDamagedException fault, ModelVersion audited) =>
        fault.Version == audited && !WasTaken(fault.Version) ? AuditOutcome.Differs : AuditOutcome.OutOfReach;

    private string ReasonOf(VersionDamagedException fault) =>
        WasTaken(fault.Version) ? $"retention took {fault.Version}, or its training state, meanwhile: run it again" : fault.Message;

    /// <summary>Whether the daemon's retention has been at a version since the store was opened.</summary>
    private bool WasTaken(ModelVersion version) =>
        lookAgain().Find(version) is not { } now || now.HasTrainingState != store.Find(version)?.HasTrainingState;

    private string Lacking(FoldReport fold)
    {
        (long from, long to) = fold.Missing[0];
        string why = to < journal.CompleteFrom ? "retired or forgotten" : "damaged (sslagent replay verify)";
        return $"records {from} to {to} are no longer in the journal: {why}";
    }
}
