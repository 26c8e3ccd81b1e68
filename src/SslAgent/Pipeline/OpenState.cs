using Microsoft.Extensions.Logging;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Pipeline;

/// <summary>
/// A state directory, locked, recovered and ready to be worked on: by the daemon, or by a command that changes state while none runs. Whoever
/// opened it disposes it, after everything that uses it.
/// </summary>
internal sealed class OpenState : IDisposable
{
    private readonly LockFile _lock;

    private OpenState(LockFile owned) => _lock = owned;

    public required IDisk Disk { get; init; }

    public required StateDirectory Directory { get; init; }

    public required LineageFile Lineage { get; init; }

    /// <summary>What the next cycles are trained by.</summary>
    public required CyclePlan Plan { get; init; }

    /// <summary>The same for a consolidation; null where none is configured.</summary>
    public required CyclePlan? Consolidation { get; init; }

    public required VersionStore Store { get; init; }

    public required Recovered Recovered { get; init; }

    public Ledger Ledger => Recovered.Ledger;

    /// <summary>
    /// Takes the lock, begins a lineage where there is none, recovers. Throws <see cref="StorageException"/> where another process holds the lock and
    /// <see cref="StateRefusedException"/> where the configuration does not fit what is there.
    /// </summary>
    /// <param name="role">Who asks, for the lock file: <c>sslagent run</c>.</param>
    /// <param name="forTraining">False for a command that trains nothing: the lineage's own plan holds then, whatever the configuration says.</param>
    public static OpenState Open(AgentSettings settings, string role, bool forTraining, IDisk disk, TimeProvider time, ILoggerFactory logs)
    {
        var directory = new StateDirectory(settings.Agent.StateDirectory);
        disk.CreateDirectory(directory.Root);
        LockFile owned = LockFile.Take(directory.LockFile, role, time);
        try
        {
            if (forTraining && settings.Agent.NewLineage) SetAside(disk, directory);
            (LineageFile lineage, LearnerPlan plan) = forTraining ? OpenLineage(settings, disk, directory, time) : KnownLineage(disk, directory);
            ILogger log = logs.CreateLogger<OpenState>();
            var reserving = new ReservingDisk(disk, directory.Root, settings.Agent.DiskFreeMin);
            VersionStore store = VersionStore.Open(reserving, directory.Versions, StoreAccess.ReadWrite, time, logs.CreateLogger<VersionStore>());
            var place = new ReplayPlace(disk, directory.Journal, lineage.Plan.Seed, time);
            Recovered recovered = new Recovery(store, place, settings.Replay, settings.Guard, settings.Cycle.SamplesMin, log).Run();
            Quarantine.Keep(disk, directory.Quarantine, recovered.Report.Damaged, log);
            return new OpenState(owned)
            {
                Disk = disk,
                Directory = directory,
                Lineage = lineage,
                Plan = new CyclePlan(plan, settings.Cycle.StepsMax, settings.Replay.FreshRatio, settings.Replay.ForFold()),
                Consolidation = settings.Consolidation.Cron is null ? null : Consolidating(settings, plan, time),
                Store = store,
                Recovered = recovered,
            };
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What the guard has to journal before anything else happens: drifts whose records a crash cut off, and, where the options are no longer those that versions were
    /// rejected under, that training goes on by the new ones.
    /// </summary>
    public void SettleGuard(ILogger log)
    {
        while (Ledger.SettleDrift() is { } drift) Judge.Tell(drift, log);
        if (Ledger.Course.Rejects == 0 || Ledger.LastStarted is not { } last || HasOptionsOf(PreparedCycle.PlanOf(last))) return;
        HeadLog.TrainingResumed(log, Ledger.Resume("the options are others than those that versions were rejected under").Summary);
    }

    public void Dispose()
    {
        Ledger.Dispose();
        _lock.Dispose();
    }

    private bool HasOptionsOf(CyclePlan last) => Plan.HasOptionsOf(last) || Consolidation?.HasOptionsOf(last) == true;

    private static CyclePlan Consolidating(AgentSettings settings, LearnerPlan plan, TimeProvider time)
    {
        IEnumerable<ObjectiveOptions> usual = plan.Objectives.Select(one => new ObjectiveOptions { Name = one.Name, Weight = one.Weight, BatchSize = one.BatchSize, Knobs = one.Knobs ?? new Dictionary<string, double>() });
        ObjectiveOptions[] all = [.. usual, .. settings.Consolidation.Objectives.Where(more => plan.Objectives.All(one => one.Name != more.Name))];
        LearnerPlan learner = Planner.Resolve(settings.Model, settings.Learning with { Objectives = all }, plan.Seed, plan, new Machine(time));
        return new CyclePlan(learner, settings.Consolidation.Steps, settings.Replay.FreshRatio, settings.Replay.ForFold()) { DrawsEvenly = true };
    }

    private static (LineageFile Lineage, LearnerPlan Plan) KnownLineage(IDisk disk, StateDirectory directory) =>
        LineageFile.Read(disk, directory) is { } known
            ? (known, known.Plan)
            : throw new StateRefusedException($"{directory.Root} holds no agent's state: there is no {Path.GetFileName(directory.LineageFile)}");

    private static (LineageFile Lineage, LearnerPlan Plan) OpenLineage(
        AgentSettings settings, IDisk disk, StateDirectory directory, TimeProvider time)
    {
        LineageFile? known = LineageFile.Read(disk, directory);
        LearnerPlan plan = Planner.Resolve(
            settings.Model, settings.Learning, (ulong)settings.Agent.Seed, known?.Plan, new Machine(time));
        if (known is not null)
        {
            known.RequireFits(plan);
            return (known, plan);
        }

        if (disk.DirectoryExists(directory.Journal))
            throw new StateRefusedException($"{directory.Journal} has a journal and {directory.LineageFile} is missing: restore that file, or choose another agent.stateDirectory");
        var begun = new LineageFile(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), time.GetUtcNow(), plan);
        begun.Write(disk, directory);
        return (begun, plan);
    }

    /// <summary>Moves the old lineage's files beside the new one's, under its name; nothing is deleted.</summary>
    private static void SetAside(IDisk disk, StateDirectory directory)
    {
        if (LineageFile.Read(disk, directory) is not { } old) return;
        string aside = directory.Retired(old.Id);
        disk.CreateDirectory(aside);
        // The lineage's own file goes last: a crash in between is set right by doing it again.
        foreach (string path in directory.OfLineage.Reverse())
        {
            if (disk.FileExists(path) || disk.DirectoryExists(path)) disk.Rename(path, Path.Combine(aside, Path.GetFileName(path)));
        }

        disk.SyncDirectory(aside);
        disk.SyncDirectory(directory.Root);
    }
}
