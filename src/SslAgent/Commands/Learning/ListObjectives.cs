using System.CommandLine;
using Spectre.Console;
using SslAgent.Commands.Printing;
using SslAgent.Commands.Versions;
using SslAgent.Learning;

namespace SslAgent.Commands.Learning;

/// <summary><c>sslagent objectives list</c>: all of them, the standard ones first.</summary>
internal static class ListObjectives
{
    public static Command Build()
    {
        Command command = new("list", "Lists all objectives: what they read and what they are for");
        Option<string> format = CommonOptions.Output();
        command.Options.Add(format);
        command.SetAction(parsed =>
        {
            ObjectiveFacts[] all = [.. ObjectiveCatalog.All];
            Answer.Print(parsed, format, all, ObjectivesJson.Default.ObjectiveFactsArray, output => Tell(output, all));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Tell(TextWriter output, ObjectiveFacts[] all)
    {
        Table table = Tables.Of("objective", "reads", "", "for");
        foreach (ObjectiveFacts one in all) table.Add(one.Name, DomainWords.Of(one.Reads), one.IsStandard ? "standard" : "", one.About.Purpose);
        Tables.Write(output, table);
        output.WriteLine("standard: what is learned by where learning.objectives says nothing. sslagent objectives show NAME tells more.");
    }
}
