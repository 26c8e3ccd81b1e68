using System.CommandLine;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Domain;

namespace SslAgent.Commands;

/// <summary>
/// <c>sslagent resume</c>: a person has looked at why versions were rejected, and training goes on as the options say. Through the control socket where a daemon
/// runs, else under the state directory's lock.
/// </summary>
internal static class ResumeCommand
{
    public static CommandEntry Build()
    {
        Command command = new("resume", "Goes on training after versions were rejected again and again: as the options say, with the count of rejects at none");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Option<string> reason = new("--reason")
        {
            Description = "What was found, for whoever asks later: it stands in the journal. Required",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "",
        };
        command.Options.Add(reason);
        command.Options.Add(format);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, OrderRoute.Sections);
            string why = (parsed.GetValue(reason) ?? "").Trim();
            if (why.Length == 0)
                throw new CommandException(ExitCode.Usage, "nothing was done: say what was found with --reason TEXT, it stands in the journal for whoever asks later");
            StoreOpening.OpenToRead(loaded, parsed); // Says where there is no state, before a lock is taken.
            using OrderRoute route = await OrderRoute.FindAsync(loaded, "sslagent resume", parsed.InvocationConfiguration.Error, cancellation);
            ResumeEffect effect = await route.ResumeAsync(new ResumeRequest(why), cancellation);
            Answer.Print(parsed, format, effect, DomainJson.Indented.ResumeEffect, output => output.WriteLine(effect.Summary));
            return ExitCode.Ok;
        });
        return new CommandEntry(
            CommandGroup.Versions, command,
            new Example("resume --reason \"camera 3 was replaced\"", "training goes on after it had paused; the daemon may be running"));
    }
}
