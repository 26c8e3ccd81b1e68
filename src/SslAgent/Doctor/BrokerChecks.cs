using System.Globalization;
using System.Net.Sockets;

namespace SslAgent.Doctor;

/// <summary>Does anybody answer where the configuration says the brokers are? A connection only; no login.</summary>
internal static class BrokerChecks
{
    private const int DefaultPort = 9092;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<Finding> RunAsync(string bootstrapServers, TimeProvider time, CancellationToken cancellation)
    {
        string last = "none named";
        foreach (string server in bootstrapServers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string? refusal = await KnockAsync(server, time, cancellation);
            if (refusal is null) return Finding.Good("broker", $"{server} answers");
            last = $"{server}: {refusal}";
        }

        return Finding.Warning("broker", last, "the daemon waits until one is there; see kafka:bootstrapServers, or try sslagent demo, which brings its own");
    }

    private static async Task<string?> KnockAsync(string server, TimeProvider time, CancellationToken cancellation)
    {
        int colon = server.LastIndexOf(':');
        int port = DefaultPort;
        if (colon >= 0 && !int.TryParse(server[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)) return "is not host:port";
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(colon >= 0 ? server[..colon] : server, port, either.Token);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds:0} s";
        }
    }
}
