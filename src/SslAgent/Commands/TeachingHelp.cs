using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SslAgent.Commands;

/// <summary>
/// Help that teaches: the root page groups the commands by what one wants to do; a command's page ends with examples to copy.
/// </summary>
internal sealed class TeachingHelp(IReadOnlyList<CommandEntry> entries) : SynchronousCommandLineAction
{
    private const int NameWidth = 13;

    private readonly HelpAction _standard = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        if (command is RootCommand)
        {
            WriteRoot(parseResult.InvocationConfiguration.Output, entries);
            return ExitCode.Ok;
        }

        _standard.Invoke(parseResult);
        WriteExamples(parseResult.InvocationConfiguration.Output, parseResult.CommandResult);
        return ExitCode.Ok;
    }

    public static void WriteRoot(TextWriter output, IReadOnlyList<CommandEntry> entries)
    {
        output.WriteLine(
            """
            sslagent: reads frames and text from Kafka, keeps what is worth remembering on disk, and goes on training its encoders
            by self-supervision. Every update becomes a version with a verdict; only what has not forgotten, collapsed or diverged is served.

            Usage: sslagent COMMAND [options]        sslagent COMMAND --help says more, with examples
            """);
        foreach (IGrouping<CommandGroup, CommandEntry> group in entries.GroupBy(entry => entry.Group).OrderBy(group => group.Key))
        {
            output.WriteLine();
            output.WriteLine(Title(group.Key));
            foreach (CommandEntry entry in group)
                output.WriteLine($"  {entry.Command.Name.PadRight(NameWidth)} {entry.Command.Description}");
        }

        output.WriteLine(
            """

            New here?
              sslagent demo                                  three minutes, no Kafka needed: see it learn, judge itself and go back
              sslagent config show                           every option with its value, ready to edit
              sslagent doctor                                does this machine have all that it takes?

            Exit codes: 0 done, 1 failed, 2 wrong command line or configuration, 3 refused by the state on disk, 4 the machine lacks something
            """);
    }

    private void WriteExamples(TextWriter output, System.CommandLine.Parsing.CommandResult asked)
    {
        string[] path = [.. Path(asked.Command)];
        IReadOnlyList<Example> examples = entries.FirstOrDefault(entry => entry.Command.Name == path[0])?.Examples ?? [];
        string prefix = string.Join(' ', path);
        List<Example> fitting = [.. examples.Where(example => example.Line == prefix || example.Line.StartsWith(prefix + " ", StringComparison.Ordinal))];
        if (fitting.Count == 0) return;

        output.WriteLine("Examples:");
        foreach (Example example in fitting)
        {
            output.WriteLine($"  # {example.Says}");
            output.WriteLine($"  sslagent {example.Line}");
        }

        output.WriteLine();
    }

    private static IEnumerable<string> Path(Command command)
    {
        Command? parent = command.Parents.OfType<Command>().FirstOrDefault(found => found is not RootCommand);
        return parent is null ? [command.Name] : [.. Path(parent), command.Name];
    }

    private static string Title(CommandGroup group) => group switch
    {
        CommandGroup.Run => "Run it",
        CommandGroup.Feed => "Feed it",
        CommandGroup.Versions => "Look into it, go back, use what it learned",
        _ => "Check",
    };
}
