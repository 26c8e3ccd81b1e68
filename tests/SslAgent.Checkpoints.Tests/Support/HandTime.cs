using System.Threading.Channels;

namespace SslAgent.Checkpoints.Tests;

/// <summary>A clock whose pauses end when the test says so.</summary>
internal sealed class HandTime : TimeProvider
{
    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();
    private Action? _fire;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Volatile.Write(ref _fire, () => callback(state));
        Assert.True(_pauses.Writer.TryWrite(dueTime));
        return new Timer();
    }

    /// <summary>The length of the next pause that somebody began.</summary>
    public async Task<TimeSpan> NextPauseAsync() => await _pauses.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public void FirePause() => Volatile.Read(ref _fire)!();

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
