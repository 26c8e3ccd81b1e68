using System.Net;
using System.Net.Sockets;
using System.Text;
using SslAgent.Commands;

namespace SslAgent.Tests.Commands;

public sealed class HealthcheckCommandTests
{
    [Theory]
    [InlineData("200 OK", ExitCode.Ok)]
    [InlineData("503 Service Unavailable", ExitCode.Failed)]
    public async Task The_exit_code_is_what_the_daemon_says(string status, int expected)
    {
        using TcpListener daemon = new(IPAddress.Loopback, 0);
        daemon.Start();
        Task<string> asked = AnswerOnceAsync(daemon, status);

        (int code, string output, _) = await Sslagent.RunAsync("healthcheck", "--set", $"serving:listen={daemon.LocalEndpoint}");

        Assert.Equal(expected, code);
        Assert.StartsWith("GET /healthz/ready ", await asked);
        Assert.Contains(status[..3], output);
    }

    [Fact]
    public async Task Nobody_there_is_a_failure_with_the_reason()
    {
        using TcpListener daemon = new(IPAddress.Loopback, 0);
        daemon.Start();
        string address = daemon.LocalEndpoint.ToString()!;
        daemon.Stop();

        (int code, string output, _) = await Sslagent.RunAsync("healthcheck", "--probe", "live", "--set", $"serving:listen={address}");

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("refused", output);
    }

    private static async Task<string> AnswerOnceAsync(TcpListener daemon, string status)
    {
        using TcpClient client = await daemon.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        string request = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
        {
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"), TestContext.Current.CancellationToken);
        return request;
    }
}
