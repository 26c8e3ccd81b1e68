using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace SslAgent.Commands;

/// <summary><c>sslagent version</c>: what is running here, one line a fact, to paste into a report.</summary>
internal static class VersionCommand
{
    public static string Number { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static CommandEntry Build()
    {
        Command command = new("version", "Prints the version of sslagent and of what it runs on");
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"sslagent {Number}");
            output.WriteLine($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})");
            return ExitCode.Ok;
        });
        return new CommandEntry(CommandGroup.Check, command, new Example("version", "what is running here"));
    }
}
