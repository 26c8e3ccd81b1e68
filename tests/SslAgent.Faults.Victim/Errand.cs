using System.Globalization;
using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Faults.Victim;

/// <summary>What the process was started for: watches for the goal, orders the rollback, asks itself to stop at the end. Safe from any thread.</summary>
internal sealed class Errand
{
    // Long enough for the decisions to need a second segment.
    private static readonly string Reason = string.Concat(Enumerable.Repeat("the camera was covered ", 3_000));

    private readonly Agent _agent;
    private readonly VictimOrders _orders;
    private readonly OrderGiver _giver;
    private readonly PointLog _log;

    private readonly Lock _lock = new();
    private int _version;
    private long _messages;
    private bool _isReady, _isOver, _isAsking, _hasRolledBack;

    public Errand(Agent agent, VictimOrders orders, OrderGiver giver, PointLog log)
    {
        (_agent, _orders, _giver, _log) = (agent, orders, giver, log);
        giver.Done += Look;
        _hasRolledBack = orders.RollBackAfter == 0 || PointLog.Read(orders.Log).Any(entry => entry.What == PointLog.RolledBack);
    }

    /// <summary>After the start: what earlier processes had reached.</summary>
    public void Begin()
    {
        lock (_lock) _isReady = true;
        Ingested();
        if (_agent.Versions() is [{ } newest, ..]) Published(newest.Version);
    }

    /// <summary>What is in the journal, durable or not: the end of the process makes it so.</summary>
    public void Ingested()
    {
        long messages = _agent.Status().Partitions.Sum(partition => partition.NextOffset);
        lock (_lock) _messages = Math.Max(_messages, messages);
        Look();
    }

    public void Published(ModelVersion version)
    {
        _giver.Published(version);
        lock (_lock) _version = Math.Max(_version, version.Number);
        Look();
    }

    /// <summary>Keeps the caller where it is until the agent has heard of the signal.</summary>
    public void AwaitStopping() => SpinWait.SpinUntil(() => _agent.Status().Health == AgentHealth.Stopping, TimeSpan.FromSeconds(10));

    private void Look()
    {
        bool isAtRest;
        lock (_lock)
        {
            if (!_isReady) return; // The agent answers from then on.
            isAtRest = !_isOver && _messages >= _orders.Goal.Messages;
        }

        if (isAtRest) _giver.AtRest();
        lock (_lock)
        {
            if (!_hasRolledBack && !_isAsking && _version >= _orders.RollBackAfter)
            {
                _isAsking = true;
                _ = Task.Run(RollBackAsync);
            }

            _log.Add(PointLog.Arrived, string.Create(CultureInfo.InvariantCulture, $"v{_version} messages {_messages}"));
            if (_isOver || !_hasRolledBack || !_giver.AreDone || _version < _orders.Goal.Version || _messages < _orders.Goal.Messages) return;
            _isOver = true;
        }

        _log.Add(PointLog.Reached);
        Signals.AskMyselfToStop();
    }

    private async Task RollBackAsync()
    {
        try
        {
            VersionManifest target = _agent.Versions().Last(version => version.HasTrainingState && version.Verdict.Kind != VerdictKind.Reject);
            var request = new RollbackRequest(target.Version, ReplayRollback.DropSince, Reason, [], DryRun: false);
            RollbackEffect effect = await _agent.RollbackAsync(request, CancellationToken.None);
            _log.Add(PointLog.RolledBack, string.Create(CultureInfo.InvariantCulture, $"{effect.Published?.Number}\t{effect.To.Number}"));
            lock (_lock) _hasRolledBack = true;
            Look();
        }
        catch (ControlRefusedException refusal)
        {
            // Stopping meanwhile: the next process asks again.
            _log.Add(PointLog.Refused, refusal.Message);
        }
    }
}
