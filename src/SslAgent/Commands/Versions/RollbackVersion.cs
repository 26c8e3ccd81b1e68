using System.CommandLine;
using SslAgent.Commands.Printing;
using SslAgent.Configuration;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>
/// <c>sslagent checkpoints rollback VERSION</c>: goes back to an earlier version. Says first what it will do. Through the control socket where a
/// daemon runs, else under the state directory's lock.
/// </summary>
internal static class RollbackVersion
{
    public static Command Build()
    {
        Command command = new("rollback", "Goes back to an earlier version: says its effect, asks for a reason, deletes nothing, can be undone");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        RollbackOrder order = new(command);
        command.Options.Add(format);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, OrderRoute.Sections);
            RollbackRequest request = order.Read(parsed, StoreOpening.OpenToRead(loaded, parsed));
            using OrderRoute route = await OrderRoute.FindAsync(loaded, "sslagent checkpoints rollback", parsed.InvocationConfiguration.Error, cancellation);
            RollbackEffect effect = await OrderedRollback.CarryAsync(route, request, parsed, cancellation);
            Answer.Print(parsed, format, effect, VersionsJson.Default.RollbackEffect, output => Tell(output, request, effect));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Tell(TextWriter output, RollbackRequest request, RollbackEffect effect)
    {
        if (effect.Published is not { } published)
        {
            output.WriteLine(effect.Summary);
            if (effect.Left.Count > 0) output.WriteLine($"left behind, and kept: {string.Join(", ", effect.Left)}");
            return;
        }

        string again = effect.SamplesFresh > 0 ? $"; {Tables.Count(effect.SamplesFresh)} samples are learned again" : "";
        output.WriteLine($"{published} is {effect.To} anew; {Tables.Count(effect.SamplesDropped)} samples left the replay buffer{again}");
        // Whatever left the buffer is only brought back by a rewind; where nothing left it, it may stay as it is.
        string replay = request.Replay == ReplayRollback.Keep ? "keep" : "rewind";
        output.WriteLine($"to undo it: sslagent checkpoints rollback {effect.From} --replay {replay} --reason \"…\"");
        output.WriteLine(request.Replay switch
        {
            ReplayRollback.Keep => $"that gives back the weights of {effect.From}; the replay buffer was not touched",
            ReplayRollback.DropSince => $"that gives back the weights of {effect.From} and the replay buffer of then, what came since fresh again, while the journal reaches back; with --replay keep only " +
                "the weights: what left the buffer stays out of it",
            _ => $"that gives back the weights of {effect.From} and the replay buffer of then, what came since fresh again, while the journal reaches back",
        });
        if (request.Denied.Count > 0) output.WriteLine("what --deny named stays denied, whatever is undone: no command takes that back");
    }
}
