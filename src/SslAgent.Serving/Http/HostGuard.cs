using System.Net;
using Microsoft.AspNetCore.Http;

namespace SslAgent.Serving.Http;

/// <summary>
/// While the server is meant for this machine alone, it answers only to loopback names: else a web page could have its own name resolve to
/// 127.0.0.1 and read the answers through the visitor's browser (DNS rebinding).
/// </summary>
internal sealed class HostGuard(bool anyHost)
{
    public bool Allows(HostString host)
    {
        if (anyHost || !host.HasValue) return true;
        string name = host.Host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
