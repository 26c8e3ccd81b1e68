using SslAgent.Commands;

namespace SslAgent.Tests.Commands;

/// <summary>Runs the real command line in this process and catches what it prints.</summary>
internal static class Sslagent
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLine.RunAsync(args, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
