using System.Net.Sockets;

namespace SslAgent.Serving.Control;

/// <summary>
/// The listening end of <c>control.sock</c>. Its mode is 0600 before anybody can connect: the file appears with bind, connections are taken
/// only after listen.
/// </summary>
internal static class ControlSocket
{
    /// <summary>Bound, closed to others, not yet listening. A file left by a daemon that died is replaced.</summary>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint, string path)
    {
        RemoveStale(endPoint, path);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch (Exception failed)
        {
            socket.Dispose();
            throw new ServingStartException($"the control socket {path} cannot be opened: {failed.Message}", failed);
        }
    }

    private static void RemoveStale(UnixDomainSocketEndPoint endPoint, string path)
    {
        if (!Path.Exists(path)) return;
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException failed) when (failed.SocketErrorCode == SocketError.ConnectionRefused && IsEmpty(path))
        {
            // Nobody listens: its daemon died without removing it.
            File.Delete(path);
            return;
        }
        catch (SocketException failed)
        {
            throw new ServingStartException($"{path} is in the way of the control socket: {failed.Message}", failed);
        }

        throw new ServingStartException($"another daemon answers on the control socket {path}");
    }

    /// <summary>
    /// A regular file refuses connections in the same words as a socket left behind; one with content is not ours to delete.
    /// </summary>
    private static bool IsEmpty(string path) => new FileInfo(path) is { Exists: true, Length: 0 };
}
