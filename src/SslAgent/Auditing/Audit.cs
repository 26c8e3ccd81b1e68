using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Auditing;

/// <summary>Which versions to audit: both ends included; null is as far as the audit reaches.</summary>
internal sealed record AuditRange(ModelVersion? From, ModelVersion? To);

/// <summary>
/// <c>sslagent audit</c>: derives versions again from their parents over the journal and compares. Takes no lock and writes nothing, so it may run
/// beside the daemon; what that retires meanwhile is out of reach, never a wrong result.
/// </summary>
internal sealed class Audit(AgentSettings settings, IDisk disk, TimeProvider time, Action<AuditProgress> progress)
{
    private readonly StateDirectory _directory = new(settings.Agent.StateDirectory);

    /// <summary>Whether a device gives the same bits each time; null for what is known of it. A test has a CPU that does not.</summary>
    public Func<string, bool>? PromisesBits { get; init; }

    /// <summary>
    /// On a thread of its own, as training is. Throws <see cref="StateRefusedException"/> where there is nothing to audit, or no such version.
    /// </summary>
    public Task<AuditReport> RunAsync(AuditRange range, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<AuditReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                done.SetResult(Run(range, cancellation));
            }
            catch (OperationCanceledException)
            {
                done.SetCanceled(cancellation);
            }
            catch (Exception fault)
            {
                // Policy: whoever awaits the audit gets it.
                done.SetException(fault);
            }
        })
        {
            Name = "audit",
            IsBackground = true,
        }.Start();
        return done.Task;
    }

    private AuditReport Run(AuditRange range, CancellationToken cancellation)
    {
        _directory.RequireReach();
        LineageFile lineage = LineageFile.Read(disk, _directory)
            ?? throw new StateRefusedException($"{_directory.Root} holds no agent's state: there is no {Path.GetFileName(_directory.LineageFile)}");
        // Versions before the journal: each that is seen then has its record in what is read of the journal.
        VersionStore store = Look();
        var place = new ReplayPlace(disk, _directory.Journal, lineage.Plan.Seed, time) { Past = version => SavedReplay.Of(store, version) };
        using ReplayReading journal = ReplayReading.Open(place);
        IReadOnlyList<Derivation> derivations = Derivation.AllOf(journal.Decisions);
        AuditReach reach = ReachOf.Store(derivations, store, journal, settings.Audit.Horizon);
        var audit = new VersionAudit(store, Look, journal, lineage.Plan.Seed, new Guard(settings.Guard), time, progress) { PromisesBits = PromisesBits ?? VersionAudit.IsExact };
        var versions = new List<AuditedVersion>();
        foreach (Derivation derivation in Within(range, derivations, store, reach)) versions.Add(audit.Run(derivation, cancellation));
        return new AuditReport(versions, reach);
    }

    private static IEnumerable<Derivation> Within(AuditRange range, IReadOnlyList<Derivation> derivations, VersionStore store, AuditReach reach)
    {
        if (derivations.Count == 0) throw new StateRefusedException("there is no version yet");
        foreach (ModelVersion? named in new[] { range.From, range.To })
        {
            if (named is { } version && derivations.All(derivation => derivation.Version != version))
                throw new StateRefusedException($"the journal knows no version {version}, only {derivations[0].Version} to {derivations[^1].Version}");
        }

        // A version that is just being saved is left out; where nothing is in reach the newest one says why.
        ModelVersion newest = (derivations.LastOrDefault(derivation => store.Find(derivation.Version) is not null) ?? derivations[^1]).Version;
        ModelVersion to = range.To ?? newest, from = range.From ?? reach.From ?? to;
        return derivations.Where(derivation => derivation.Version >= (from > to ? to : from) && derivation.Version <= to);
    }

    private VersionStore Look() => VersionStore.Open(disk, _directory.Versions, StoreAccess.ReadOnly, time, NullLogger.Instance);
}
