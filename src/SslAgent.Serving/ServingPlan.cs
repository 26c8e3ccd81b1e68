using System.Net;
using System.Text;
using SslAgent.Domain;

namespace SslAgent.Serving;

/// <summary>What <see cref="ServingOptions"/> and the state directory come to: addresses and paths, resolved once.</summary>
/// <param name="ControlSocket"><c>control.sock</c>: the Unix socket of the control interface.</param>
/// <param name="TokenFile"><c>token</c>: the secret that orders must carry.</param>
public sealed record ServingPlan(ServingOptions Options, IPEndPoint Listen, string ControlSocket, string TokenFile)
{
    public const string ControlSocketName = "control.sock", TokenFileName = "token";

    // sockaddr_un holds 108 bytes with the terminating zero.
    internal const int SocketPathBytesMax = 107;

    public bool IsRemote => !IPAddress.IsLoopback(Listen.Address);

    /// <summary>Options must be free of faults; the state directory must be there.</summary>
    public static ServingPlan Of(ServingOptions options, string stateDirectory)
    {
        ListenAddress listen = ListenAddress.Read(options.Listen, options.AllowRemote);
        Check.That(listen.EndPoint is not null, listen.Fault ?? "an address without a fault");
        string socket = SocketPathOf(stateDirectory);
        if (Encoding.UTF8.GetByteCount(socket) > SocketPathBytesMax)
        {
            throw new ServingStartException(
                $"the control socket's path {socket} has {Encoding.UTF8.GetByteCount(socket)} bytes, the system allows {SocketPathBytesMax}: " +
                "choose a shorter agent.stateDirectory");
        }

        return new(options, listen.EndPoint, socket, TokenPathOf(stateDirectory));
    }

    internal static string SocketPathOf(string stateDirectory) => Path.Combine(Path.GetFullPath(stateDirectory), ControlSocketName);

    internal static string TokenPathOf(string stateDirectory) => Path.Combine(Path.GetFullPath(stateDirectory), TokenFileName);
}

/// <summary>Serving cannot start here, with the reason for the operator.</summary>
public sealed class ServingStartException(string message, Exception? inner = null) : IOException(message, inner);
