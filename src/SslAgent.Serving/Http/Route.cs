using Microsoft.AspNetCore.Http;

namespace SslAgent.Serving.Http;

/// <summary>Who may take a route.</summary>
internal enum RouteAccess
{
    /// <summary>Anyone who reaches the HTTP interface or the control socket.</summary>
    Public = 0,

    /// <summary>Only who can open the control socket, which is its owner's.</summary>
    Socket = 1,

    /// <summary>The same, and the request carries the token: it changes something.</summary>
    Order = 2,
}

/// <summary>One way in.</summary>
/// <param name="Path">The whole path, or a prefix where it ends in a slash; what follows the prefix is given to the handler.</param>
internal sealed record Route(string Method, string Path, RouteAccess Access, Func<HttpContext, string, Task> Handle)
{
    /// <summary>What follows the route's path in this path; null where it is another's.</summary>
    public string? RestOf(string path)
    {
        if (!Path.EndsWith('/')) return path == Path ? "" : null;
        return path.Length > Path.Length && path.StartsWith(Path, StringComparison.Ordinal) ? path[Path.Length..] : null;
    }

    public bool Takes(string method) => method == Method || (HttpMethods.IsHead(method) && HttpMethods.IsGet(Method));
}
