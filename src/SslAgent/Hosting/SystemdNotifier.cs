using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SslAgent.Hosting;

/// <summary>
/// Speaks sd_notify(3) to the service manager: one datagram a message to the socket named by NOTIFY_SOCKET. Does nothing where there is none.
/// A message that cannot be sent is dropped: the service manager's absence must not stop the daemon.
/// </summary>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;

    public SystemdNotifier(string? notifySocket, string? watchdogMicroseconds)
    {
        WatchdogInterval = long.TryParse(watchdogMicroseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long us) && us > 0
            ? TimeSpan.FromMicroseconds(us)
            : null;
        if (string.IsNullOrEmpty(notifySocket)) return;
        // A leading @ names a socket in Linux's abstract namespace, whose first byte is zero.
        string path = notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            _socket.Dispose();
            _socket = null;
        }
    }

    /// <summary>How often the service manager expects a sign of life, or null where it does not.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public static SystemdNotifier FromEnvironment() =>
        new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), Environment.GetEnvironmentVariable("WATCHDOG_USEC"));

    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    public void Stopping() => Send("STOPPING=1");

    public void FeedWatchdog() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // Dropped, as the type says.
        }
    }

    private static string OneLine(string status) => status.ReplaceLineEndings(" ");
}
