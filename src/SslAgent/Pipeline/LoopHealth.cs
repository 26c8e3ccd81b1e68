using System.Collections.Concurrent;

namespace SslAgent.Pipeline;

/// <summary>
/// Which loops make progress. Every loop beats at each turn, also when it is idle; one that has not beaten within its limit is stuck, and
/// the watchdog is not fed. Safe from any thread.
/// </summary>
internal sealed class LoopHealth(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Beat> _beats = new();

    /// <summary>Marks a loop alive. <paramref name="limit"/> is how long its next turn may take at the most.</summary>
    public void Mark(string loop, TimeSpan limit) => _beats[loop] = new Beat(time.GetTimestamp(), limit);

    /// <summary>A loop that has ended on purpose is no longer expected to beat.</summary>
    public void Retire(string loop) => _beats.TryRemove(loop, out _);

    /// <summary>Loops that have been silent for longer than their limit, with the silence.</summary>
    public IReadOnlyList<(string Loop, TimeSpan Silence)> Stuck() =>
    [
        .. from entry in _beats
           let silence = time.GetElapsedTime(entry.Value.Timestamp)
           where silence > entry.Value.Limit
           orderby entry.Key
           select (entry.Key, silence),
    ];

    private readonly record struct Beat(long Timestamp, TimeSpan Limit);
}
