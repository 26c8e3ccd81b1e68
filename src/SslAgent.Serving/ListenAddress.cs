using System.Net;

namespace SslAgent.Serving;

/// <summary>Where the HTTP interface listens, or why it must not listen there. Exactly one of the two is set.</summary>
internal readonly record struct ListenAddress(IPEndPoint? EndPoint, string? Fault)
{
    private const string LocalhostPrefix = "localhost:";

    public static ListenAddress Read(string? text, bool allowRemote)
    {
        if (Parse(text) is not { } endPoint)
        {
            return new(null, $"serving.listen is '{text}', which is no address with a port, such as 127.0.0.1:7700 or [::1]:7700");
        }

        if (!IPAddress.IsLoopback(endPoint.Address) && !allowRemote)
        {
            return new(null, $"serving.listen is {text}, which other machines can reach, and the interface has neither logins nor encryption: " +
                "listen on 127.0.0.1, or set serving.allowRemote to true to accept that");
        }

        return new(endPoint, null);
    }

    private static IPEndPoint? Parse(string? text)
    {
        string address = (text ?? "").Trim();
        if (address.StartsWith(LocalhostPrefix, StringComparison.OrdinalIgnoreCase)) address = "127.0.0.1:" + address[LocalhostPrefix.Length..];

        // IPEndPoint reads an address without a port as port 0, which would mean "any": here a port must be written.
        bool hasPort = address.StartsWith('[') ? address.Contains("]:", StringComparison.Ordinal) : address.AsSpan().Count(':') == 1;
        return hasPort && IPEndPoint.TryParse(address, out IPEndPoint? endPoint) ? endPoint : null;
    }
}
