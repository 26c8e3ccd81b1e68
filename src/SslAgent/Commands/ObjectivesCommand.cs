using System.CommandLine;
using SslAgent.Commands.Learning;

namespace SslAgent.Commands;

/// <summary><c>sslagent objectives …</c>: the ways of learning that this program has. One file a subcommand in Learning/.</summary>
internal static class ObjectivesCommand
{
    public static CommandEntry Build()
    {
        Command command = new("objectives", "Ways of learning without labels: list, show")
        {
            ListObjectives.Build(),
            ShowObjective.Build(),
        };
        return new CommandEntry(
            CommandGroup.Check, command,
            new Example("objectives list", "every objective, what it reads and what it is for"),
            new Example("objectives show simclr", "one of them: its cost, its paper, and how to switch it on"));
    }
}
