using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SslAgent.Serving.Control;

/// <summary>The mark of a connection that came through the control socket.</summary>
internal sealed class ControlConnection
{
    private static readonly ControlConnection Mark = new();

    private ControlConnection()
    {
    }

    public static void MarkAll(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    public static bool Is(HttpContext context) => context.Features.Get<ControlConnection>() is not null;
}
