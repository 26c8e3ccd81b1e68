using System.CommandLine;
using System.Net.Sockets;

namespace SslAgent.Commands;

/// <summary><c>sslagent healthcheck</c>: asks the running daemon over HTTP, for containers and monitors. Exit code 0 where it is well, else 1.</summary>
internal static class HealthcheckCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static CommandEntry Build()
    {
        Command command = new("healthcheck", "Asks the running daemon whether it is ready; for containers and monitors");
        Settings settings = Settings.AddTo(command);
        Option<string> probe = new("--probe") { Description = "What to ask for: live, ready (default) or startup", HelpName = "live|ready|startup", DefaultValueFactory = _ => "ready" };
        probe.AcceptOnlyFromAmong("live", "ready", "startup");
        command.Options.Add(probe);
        command.SetAction((parsed, cancellation) =>
        {
            // A fault elsewhere in the configuration is the daemon's business; only its address matters here.
            string listen = settings.Outcome(parsed).Settings.Serving.Listen;
            return AskAsync(new Uri($"http://{Reachable(listen)}/healthz/{parsed.GetValue(probe)}"), parsed.InvocationConfiguration.Output, cancellation);
        });
        return new CommandEntry(
            CommandGroup.Check, command,
            new Example("healthcheck", "exit code 0 where the daemon is ready, else 1"),
            new Example("healthcheck --probe live --set serving:listen=127.0.0.1:7700", "is it alive at all, at this address?"));
    }

    /// <summary>A daemon that listens on every address is asked on this machine's own.</summary>
    public static string Reachable(string listen) =>
        listen.Replace("0.0.0.0:", "127.0.0.1:", StringComparison.Ordinal).Replace("[::]:", "[::1]:", StringComparison.Ordinal);

    private static async Task<int> AskAsync(Uri address, TextWriter output, CancellationToken cancellation)
    {
        using HttpClient client = new() { Timeout = Patience };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(address, cancellation);
            string said = (await answer.Content.ReadAsStringAsync(cancellation)).Trim();
            await output.WriteLineAsync($"{address}: {(int)answer.StatusCode} {said}");
            return answer.IsSuccessStatusCode ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (HttpRequestException unreachable)
        {
            await output.WriteLineAsync($"{address}: {(unreachable.InnerException as SocketException)?.Message ?? unreachable.Message}");
            return ExitCode.Failed;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await output.WriteLineAsync($"{address}: no answer within {Patience.TotalSeconds:0} s");
            return ExitCode.Failed;
        }
    }
}
