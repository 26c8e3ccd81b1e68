namespace SslAgent.Faults.Victim;

/// <summary>
/// Counts the passings of every named point over all processes on one state directory, and ends this one where the orders say so. Called from all of the
/// agent's threads; while one of them dies here the others get no further than their next point.
/// </summary>
internal sealed class KillPoints
{
    private readonly Lock _lock = new();
    private readonly PointLog _log;
    private readonly Dictionary<string, int> _passed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _kills;
    private readonly HashSet<KillPoint> _stops;
    private readonly HashSet<string>? _known;

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

    /// <summary>True where the process asked itself to stop at this point.</summary>
    public bool Pass(string name)
    {
        lock (_lock)
        {
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

    private int Count(string name) => _passed[name] = _passed.GetValueOrDefault(name) + 1;
}
