using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SslAgent.Hosting;
using SslAgent.Pipeline;

namespace SslAgent.Tests.Hosting;

/// <summary>What the service manager is told, over a socket as systemd has it.</summary>
public sealed class SystemdTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("systemd-").FullName;
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = (int)Patience.TotalMilliseconds };

    public void Dispose()
    {
        _manager.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void It_is_told_of_readiness_in_one_line_and_of_the_stop()
    {
        using var systemd = new SystemdNotifier(Listen(), watchdogMicroseconds: null);
        systemd.Ready("serving v3\nof 7");
        Assert.Equal("READY=1\nSTATUS=serving v3 of 7", Received());
        systemd.Stopping();
        Assert.Equal("STOPPING=1", Received());
        Assert.Null(systemd.WatchdogInterval);
    }

    [Fact]
    public void A_name_in_the_abstract_namespace_is_one()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("only Linux has it");
        string name = $"sslagent-test-{Guid.NewGuid():N}";
        _manager.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using var systemd = new SystemdNotifier("@" + name, "30000000");
        systemd.FeedWatchdog();
        Assert.Equal("WATCHDOG=1", Received());
        Assert.Equal(TimeSpan.FromSeconds(30), systemd.WatchdogInterval);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/no/such/socket")]
    public void Where_nobody_listens_nothing_happens(string? socket)
    {
        using var systemd = new SystemdNotifier(socket, "no number");
        systemd.Ready("");
        systemd.FeedWatchdog();
        Assert.Null(systemd.WatchdogInterval);
    }

    [Fact]
    public async Task The_watchdog_is_fed_twice_an_interval_and_not_while_a_loop_is_stuck()
    {
        using var systemd = new SystemdNotifier(Listen(), "20000000");
        var time = new TickingTime();
        var health = new LoopHealth(time);
        var log = new Heard();
        using var watchdog = new Watchdog(systemd, health, time, log);
        await watchdog.StartAsync(TestContext.Current.CancellationToken);
        health.Mark("ingest", TimeSpan.FromSeconds(15));
        await time.TickAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("WATCHDOG=1", Received());

        await time.TickAsync(TimeSpan.FromSeconds(10));
        using var limit = new CancellationTokenSource(Patience);
        Assert.Contains("ingest", await log.Sentences.Reader.ReadAsync(limit.Token), StringComparison.Ordinal);
        Assert.Equal(0, _manager.Available);

        health.Mark("ingest", TimeSpan.FromSeconds(15));
        await time.TickAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("WATCHDOG=1", Received());
        await watchdog.StopAsync(TestContext.Current.CancellationToken);
    }

    private string Listen()
    {
        string path = Path.Combine(_folder, "notify");
        _manager.Bind(new UnixDomainSocketEndPoint(path));
        return path;
    }

    private string Received()
    {
        byte[] message = new byte[512];
        return Encoding.UTF8.GetString(message, 0, _manager.Receive(message));
    }

    /// <summary>A clock with one timer, whose period is that of the ticks.</summary>
    private sealed class TickingTime : TimeProvider
    {
        private readonly TaskCompletionSource<Action> _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TimeSpan _passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _passed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _made.TrySetResult(() => callback(state));
            return new NoTimer();
        }

        public async Task TickAsync(TimeSpan by)
        {
            _passed += by;
            (await _made.Task.WaitAsync(Patience))();
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class Heard : ILogger<Watchdog>
    {
        public Channel<string> Sentences { get; } = Channel.CreateUnbounded<string>();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Sentences.Writer.TryWrite(formatter(state, exception));
    }
}
