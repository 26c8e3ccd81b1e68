using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace SslAgent.Commands;

/// <summary>
/// Builds the root command, parses, runs, and turns every outcome into an <see cref="ExitCode"/>.
/// Used by Program, and by tests with writers of their own.
/// </summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        ParseResult parsed = Root(CommandRegistry.All()).Parse(args);
        InvocationConfiguration invocation = new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // Program owns the signals
        };
        try
        {
            if (parsed.Action is ParseErrorAction) return Refuse(parsed, error);
            return await parsed.InvokeAsync(invocation, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Failed;
        }
        catch (Exception fault) when (CommandFaults.Explain(fault) is { } refusal)
        {
            await error.WriteLineAsync($"sslagent: {refusal.Message}");
            return refusal.Code;
        }
        catch (Exception bug)
        {
            await error.WriteLineAsync($"sslagent: this should not have happened: {bug}");
            return ExitCode.Failed;
        }
    }

    /// <summary>The first thing that is wrong is what a person fixes first; the rest often follows from it.</summary>
    private static int Refuse(ParseResult parsed, TextWriter error)
    {
        string asked = PathOf(parsed.CommandResult);
        bool isMistyped = parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count > 0;
        string wrong = isMistyped ? $"there is no command {$"{asked} {parsed.UnmatchedTokens[0]}".Trim()}" : parsed.Errors[0].Message;
        error.WriteLine($"sslagent{asked}: {wrong}");
        error.WriteLine($"Try: sslagent{asked} --help");
        return ExitCode.Usage;
    }

    /// <summary>The command's names behind the program's, each with a space before it.</summary>
    private static string PathOf(SymbolResult? result) => result switch
    {
        null => "",
        CommandResult { Command: not RootCommand } command => $"{PathOf(command.Parent)} {command.Command.Name}",
        _ => PathOf(result.Parent),
    };

    public static RootCommand Root(IReadOnlyList<CommandEntry> entries)
    {
        RootCommand root = new("Learns from a Kafka stream without end, and serves only what has not forgotten.");
        foreach (CommandEntry entry in entries) root.Subcommands.Add(entry.Command);
        root.Options.OfType<HelpOption>().Single().Action = new TeachingHelp(entries);
        root.Options.Remove(root.Options.OfType<VersionOption>().Single()); // `sslagent version` says more
        root.SetAction(parsed =>
        {
            TeachingHelp.WriteRoot(parsed.InvocationConfiguration.Error, entries);
            return ExitCode.Usage;
        });
        return root;
    }
}
