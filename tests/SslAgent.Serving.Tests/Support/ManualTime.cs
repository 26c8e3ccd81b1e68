using System.Threading.Channels;

namespace SslAgent.Serving.Tests.Support;

/// <summary>A clock that the test moves. Timers fire in the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Released each time a timer is set, so that a test can wait until somebody waits.</summary>
    public Channel<TimeSpan> TimersSet { get; } = Channel.CreateUnbounded<TimeSpan>();

    public override long GetTimestamp()
    {
        lock (_lock) return _passed.Ticks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _start + _passed;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, () => callback(state));
        lock (_lock) _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        ManualTimer[] due;
        lock (_lock)
        {
            _passed += by;
            due = [.. _timers.Where(timer => timer.DueAt <= _passed)];
            foreach (ManualTimer timer in due) timer.DueAt = null;
        }

        foreach (ManualTimer timer in due) timer.Fire();
    }

    private sealed class ManualTimer(ManualTime owner, Action fire) : ITimer
    {
        public TimeSpan? DueAt { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock) DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : owner._passed + dueTime;
            if (dueTime != Timeout.InfiniteTimeSpan) owner.TimersSet.Writer.TryWrite(dueTime);
            return true;
        }

        public void Dispose()
        {
            lock (owner._lock) owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
