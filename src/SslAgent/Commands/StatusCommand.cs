using System.CommandLine;
using System.Text.Json;
using SslAgent.Commands.Printing;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Serving.Control;

namespace SslAgent.Commands;

/// <summary>
/// <c>sslagent status</c>: how the daemon of a state directory is. Exit codes as init scripts know them: 0 running and well, 1 running and in need
/// of a look (starting, degraded, stopping), 3 not running.
/// </summary>
internal static class StatusCommand
{
    public static CommandEntry Build()
    {
        Command command = new("status", "Shows how the daemon is: progress, versions, last verdict, lag, disk; the exit code tells its health");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        command.Options.Add(format);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, "agent");
            using ControlClient client = new(loaded.Agent.StateDirectory);
            AgentStatus status = await client.StatusAsync(cancellation);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(format) == "json") output.WriteLine(JsonSerializer.Serialize(status, DomainJson.Indented.AgentStatus));
            else StatusPage.Write(output, status);
            return status.Health == AgentHealth.Healthy ? ExitCode.Ok : ExitCode.Failed;
        });
        return new CommandEntry(
            CommandGroup.Run, command,
            new Example("status", "how is it? exit code 0 well, 1 look at it, 3 not running"),
            new Example("status -o json", "the same for a monitor"));
    }
}
