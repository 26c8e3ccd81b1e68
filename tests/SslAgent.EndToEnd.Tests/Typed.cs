using SslAgent.Commands;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Commands as a user types them, in this process.</summary>
internal static class Typed
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(string[] args, CancellationToken cancellation)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.RunAsync(args, output, error, cancellation);
        return (code, output.ToString(), error.ToString());
    }
}
