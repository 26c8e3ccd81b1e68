using System.CommandLine;
using SslAgent.Configuration;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>
/// <c>sslagent checkpoints accept VERSION</c>: a person finds a version well that the guard held. Says first what it will do. Through the control socket where a daemon runs, else under the
/// state directory's lock.
/// </summary>
internal static class AcceptVersion
{
    public static Command Build()
    {
        Command command = new("accept", "Serves a version that was held: you looked at it and find it well. Later versions are held against it");
        Settings settings = Settings.AddTo(command);
        Argument<VersionChoice> which = VersionChoice.Argument("VERSION", "The held version: v44, or HEAD");
        Option<string> reason = new("--reason")
        {
            Description = "What was found, for whoever asks later: it stands in the journal. Required unless --dry-run",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "",
        };
        Option<bool> dryRun = new("--dry-run") { Description = "Only says what it would do" };
        Option<string> format = CommonOptions.Output();
        command.Arguments.Add(which);
        command.Options.Add(reason);
        command.Options.Add(dryRun);
        command.Options.Add(format);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, OrderRoute.Sections);
            ModelVersion held = parsed.GetValue(which).In(StoreOpening.OpenToRead(loaded, parsed));
            string why = (parsed.GetValue(reason) ?? "").Trim();
            RollbackRequest request = new(held, ReplayRollback.Keep, why, [], parsed.GetValue(dryRun)) { Accept = true };
            using OrderRoute route = await OrderRoute.FindAsync(loaded, "sslagent checkpoints accept", parsed.InvocationConfiguration.Error, cancellation);
            RollbackEffect effect = await OrderedRollback.CarryAsync(route, request, parsed, cancellation);
            Answer.Print(parsed, format, effect, VersionsJson.Default.RollbackEffect, output => Tell(output, effect));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Tell(TextWriter output, RollbackEffect effect)
    {
        if (effect.Published is not { } published)
        {
            output.WriteLine(effect.Summary);
            return;
        }

        output.WriteLine($"{published} is {effect.To} anew, promoted and served");
        output.WriteLine($"to undo it: sslagent checkpoints rollback {effect.From} --replay keep --reason \"…\"");
        output.WriteLine($"that goes on from {effect.From}, where training stood, and serves what its line had promoted before; {published} still, where that is nothing");
    }
}
