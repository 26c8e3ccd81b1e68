using SslAgent.Pipeline;

namespace SslAgent.Faults.Victim;

/// <summary>
/// Counts the passings of every named point over all processes on one state directory, and ends this one where the orders say so. Called from all of the
/// agent's threads; while one of them dies here the others get no further than their next point. What is done for an operator's order has names of its own,
/// whether it is done when the order is given or made up for at a start.
/// </summary>
internal sealed class KillPoints
{
    // Who carries orders out; what the others do meanwhile is not the order's.
    private static readonly string[] OrderThreads = [LearnerLoop.Name, "checkpoint-saver"];

    private readonly Lock _lock = new();
    private readonly PointLog _log;
    private readonly Dictionary<string, int> _passed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _kills;
    private readonly HashSet<KillPoint> _stops;
    private readonly HashSet<string>? _known;
    private OrderKind? _order;

    public KillPoints(VictimOrders orders, PointLog log)
    {
        _log = log;
        _kills = orders.Kills.ToDictionary(kill => kill.Name, kill => kill.Passing, StringComparer.Ordinal);
        _stops = [.. orders.Stops];
        _known = orders.Known?.ToHashSet(StringComparer.Ordinal);
        foreach ((string what, string detail) in PointLog.Read(orders.Log))
        {
            if (what == PointLog.Passed) Count(detail);
            if (what != PointLog.Killed) continue;
            _kills.Remove(detail);
            _known?.Add(detail);
        }
    }

    /// <summary>From here on an order is carried out.</summary>
    public void Begin(OrderKind order)
    {
        lock (_lock) _order = order;
    }

    public void End()
    {
        lock (_lock) _order = null;
    }

    /// <summary>A read changes nothing: a point only where reading is what was ordered.</summary>
    public void PassRead(string role)
    {
        lock (_lock)
        {
            if (_order == OrderKind.Scrub) Pass($"read {role}");
        }
    }

    /// <summary>True where the process asked itself to stop at this point.</summary>
    public bool Pass(string name)
    {
        lock (_lock)
        {
            if (_order is { } order && IsOf(order, name)) name = $"{new GivenOrder(order, 0).Name}: {name}";
            int passing = Count(name);
            _log.Add(PointLog.Passed, name);
            bool isNew = _known?.Contains(name) == false && !_kills.ContainsKey(name);
            if (isNew || (_kills.TryGetValue(name, out int at) && passing >= at))
            {
                _log.Add(PointLog.Killed, name);
                Signals.KillMyself();
            }

            if (!_stops.Contains(new KillPoint(name, passing))) return false;
            _log.Add(PointLog.Stopped, name);
            Signals.AskMyselfToStop();
            return true;
        }
    }

    /// <summary>Samples that wait for their group commit are written with any decision, or before it: no step of the order's own, but where it rewrites them.</summary>
    private static bool IsOf(OrderKind order, string name)
    {
        if (order == OrderKind.Scrub) return name.StartsWith("read ", StringComparison.Ordinal);
        if (!OrderThreads.Contains(Thread.CurrentThread.Name)) return false;
        return name.Contains(" versions", StringComparison.Ordinal) || name.Contains(" journal/decisions", StringComparison.Ordinal) ||
            (order == OrderKind.Forget && name.Contains(" journal", StringComparison.Ordinal) && !IsOfGroupCommit(name));
    }

    private static bool IsOfGroupCommit(string name) =>
        name.EndsWith("write journal/samples", StringComparison.Ordinal) || name.EndsWith("sync journal/samples", StringComparison.Ordinal);

    private int Count(string name) => _passed[name] = _passed.GetValueOrDefault(name) + 1;
}
