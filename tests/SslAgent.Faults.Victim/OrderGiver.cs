using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Faults.Victim;

/// <summary>
/// Gives the operator's orders, one after the other, and names the steps that are taken meanwhile after the order. One that a killed process had in the
/// journal is for the start to finish, and is not given again; one that it had not is. Safe from any thread.
/// </summary>
internal sealed class OrderGiver
{
    // Of the eight that a cycle of the bench has.
    private const int StepMax = 4;

    private const int DeniedAfter = 4, DeniedOffsets = 20;

    private readonly Agent _agent;
    private readonly IReadOnlyList<GivenOrder> _orders;
    private readonly PointLog _log;
    private readonly KillPoints _points;

    private readonly Lock _lock = new();
    private int _next, _published, _ended;
    private bool _isUnderWay, _isFinishing;

    /// <param name="journal">The journal's directory, as the process before this one left it.</param>
    public OrderGiver(Agent agent, VictimOrders orders, PointLog log, KillPoints points, string journal)
    {
        (_agent, _orders, _log, _points) = (agent, orders.Given, log, points);
        _next = PointLog.Read(orders.Log).Count(entry => entry.What == PointLog.OrderDone);
        _published = PublishedVersions.Newest(orders.Log);
        IReadOnlyList<NumberedRecord> decisions = Directory.Exists(journal) ? Journal.ReadDecisions(LocalDisk.Instance, journal, TimeProvider.System) : [];
        _ended = decisions.Select(decision => decision.Record).OfType<JournalRecord.CycleEnded>().Select(ended => ended.Version.Number).DefaultIfEmpty().Max();
        if (AreDone || !decisions.Any(decision => ReasonOf(decision.Record) == _orders[_next].ReasonAs(_next))) return;
        _isFinishing = true;
        _points.Begin(_orders[_next].Kind);
    }

    /// <summary>Raised when one is done.</summary>
    public event Action? Done;

    public bool AreDone
    {
        get
        {
            lock (_lock) return _next == _orders.Count;
        }
    }

    public void Ended(ModelVersion version)
    {
        lock (_lock) _ended = Math.Max(_ended, version.Number);
    }

    public void Published(ModelVersion version)
    {
        lock (_lock) _published = Math.Max(_published, version.Number);
    }

    /// <summary>
    /// The learner thread, in the middle of a cycle: whatever a start has to make up for is over by then, and what is ordered here is taken next. Not while a
    /// version is on its way to disk, and not in a cycle's last steps, which would end it with one: those steps would count as the order's.
    /// </summary>
    public void AtStep(int step)
    {
        bool wasFinishing;
        lock (_lock) (wasFinishing, _isFinishing) = (_isFinishing, false);
        if (wasFinishing) Over("by the start");
        lock (_lock)
        {
            if (step > StepMax || _isUnderWay || _next == _orders.Count || _published < _orders[_next].After || _published < _ended) return;
            _isUnderWay = true;
            _points.Begin(_orders[_next].Kind);
        }

        _ = GiveAsync(_orders[_next], _orders[_next].ReasonAs(_next));
    }

    /// <summary>Where the stream brings no cycle any more, in the middle of which an order could be given, one is asked for.</summary>
    public void AtRest()
    {
        lock (_lock)
        {
            if (_isUnderWay || _next == _orders.Count) return;
        }

        _agent.TriggerCycle();
    }

    private async Task GiveAsync(GivenOrder order, string reason)
    {
        try
        {
            string said = order.Kind switch
            {
                OrderKind.Forget => (await _agent.ForgetAsync(
                    new ForgetRequest(GivenOrder.ForgottenSource, GivenOrder.ForgottenBeforeMs, reason, DryRun: false), CancellationToken.None)).Summary,
                OrderKind.Scrub => await ScrubAsync(),
                _ => (await _agent.RollbackAsync(RollbackOf(order, reason), CancellationToken.None)).Summary,
            };
            Over(said);
        }
        catch (ControlRefusedException refusal)
        {
            _points.End();
            _log.Add(PointLog.Refused, refusal.Message);
            lock (_lock) _isUnderWay = false;
        }
    }

    private void Over(string said)
    {
        _points.End();
        _log.Add(PointLog.OrderDone, said.ReplaceLineEndings(" "));
        lock (_lock)
        {
            _isUnderWay = false;
            _next++;
        }

        Done?.Invoke();
    }

    /// <summary>To the newest version before the one that is stood on; that one itself where it is accepted.</summary>
    private RollbackRequest RollbackOf(GivenOrder order, string reason)
    {
        if (order.Kind == OrderKind.Accept) return new RollbackRequest(_agent.Versions()[0].Version, ReplayRollback.Keep, reason, [], DryRun: false) { Accept = true };
        VersionManifest to = _agent.Versions().Where(version => version.HasTrainingState && version.Verdict.Kind != VerdictKind.Reject).Skip(1).FirstOrDefault()
            ?? throw new ControlRefusedException("there is no version to go back to yet");
        if (order.Kind == OrderKind.DropSince) return new RollbackRequest(to.Version, ReplayRollback.DropSince, reason, [], DryRun: false);
        DeniedRange[] denied =
        [
            .. to.Offsets.Select(at => new DeniedRange(at.Topic, at.Partition, at.NextOffset + DeniedAfter, at.NextOffset + DeniedAfter + DeniedOffsets)),
        ];
        return new RollbackRequest(to.Version, ReplayRollback.Rewind, reason, denied, DryRun: false);
    }

    private async Task<string> ScrubAsync() => await _agent.ScrubAsync(CancellationToken.None) is { } summary
        ? $"{summary.Damaged.Count} damaged: {string.Join("; ", summary.Damaged)}"
        : throw new ControlRefusedException("the check did not come to its end");

    private static string? ReasonOf(JournalRecord record) => record switch
    {
        JournalRecord.RolledBack back => back.Reason,
        JournalRecord.Forgotten forgotten => forgotten.Reason,
        _ => null,
    };
}
