using System.CommandLine;
using SslAgent.Configuration;

namespace SslAgent.Commands;

/// <summary><c>sslagent config check</c> and <c>config show</c>: the configuration as the daemon would see it, without starting one.</summary>
internal static class ConfigCommand
{
    public static CommandEntry Build()
    {
        Command command = new("config", "Checks the configuration (every fault at once), or prints it with all defaults filled in")
        {
            Check(),
            Show(),
        };
        return new CommandEntry(
            CommandGroup.Check, command,
            new Example("config check --config /etc/sslagent/agent.json", "every fault at once; exit code 2 where there is one"),
            new Example("config show --set learning:batchSize=32", "all options as they would be used, and where each was set"),
            new Example("config show > agent.json", "a file to start from"));
    }

    private static Command Check()
    {
        Command command = new("check", "Says every fault with key, value, unit and reason; exits 2 where there is one");
        Settings settings = Settings.AddTo(command);
        command.SetAction(parsed =>
        {
            ConfigurationOutcome outcome = settings.Outcome(parsed);
            if (outcome.Faults.Count > 0) throw new CommandException(ExitCode.Usage, Settings.Describe(outcome));
            parsed.InvocationConfiguration.Output.WriteLine($"{outcome.File ?? "no file, all defaults"}: no faults");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Show()
    {
        Command command = new("show", "Prints every option as it would be used, secrets masked, with where it was set");
        Settings settings = Settings.AddTo(command);
        Option<string> output = CommonOptions.Output();
        command.Options.Add(output);
        command.SetAction(parsed =>
        {
            ConfigurationOutcome outcome = settings.Outcome(parsed);
            SettingsPrinter printer = new(outcome.Values, withOrigins: parsed.GetValue(output) == "text");
            parsed.InvocationConfiguration.Output.Write(printer.Print(outcome.Settings));
            if (outcome.Faults.Count > 0) parsed.InvocationConfiguration.Error.WriteLine($"note: {Settings.Describe(outcome)}");
            return ExitCode.Ok;
        });
        return command;
    }
}
