using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Commands.Printing;
using SslAgent.Configuration;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Commands.Versions;

/// <summary>
/// <c>sslagent checkpoints prune</c>: applies retention now, with no daemon running (a running one does so after each version). Takes the state
/// directory's lock.
/// </summary>
internal static class PruneVersions
{
    public static Command Build()
    {
        Command command = new("prune", "Deletes what retention does not keep (checkpoints:keepLast and its kin); only with no daemon running");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Option<bool> dryRun = new("--dry-run") { Description = "Only says what would go; works beside a running daemon" };
        command.Options.Add(format);
        command.Options.Add(dryRun);
        command.SetAction(parsed =>
        {
            AgentSettings loaded = StoreOpening.SettingsOf(settings, parsed);
            VersionStore store = StoreOpening.OpenToRead(loaded, parsed);
            bool onlySay = parsed.GetValue(dryRun);
            PruneReport report = onlySay ? store.PlanPrune(PolicyOf(loaded)) : Prune(loaded);
            PruneAnswer answer = new(onlySay, report.Deleted, report.TrainingDropped, report.BytesFreed);
            Answer.Print(parsed, format, answer, VersionsJson.Default.PruneAnswer, output => Tell(output, answer));
            return ExitCode.Ok;
        });
        return command;
    }

    private static PruneReport Prune(AgentSettings settings)
    {
        StateDirectory state = new(settings.Agent.StateDirectory);
        using LockFile held = LockFile.Take(state.LockFile, "sslagent checkpoints prune", TimeProvider.System);
        VersionStore store = VersionStore.Open(LocalDisk.Instance, state.Versions, StoreAccess.ReadWrite, TimeProvider.System, NullLogger.Instance);
        return store.Prune(PolicyOf(settings));
    }

    private static RetentionPolicy PolicyOf(AgentSettings settings) => settings.Checkpoints.Retention(settings.Audit.Horizon);

    private static void Tell(TextWriter output, PruneAnswer answer)
    {
        string would = answer.DryRun ? "would go" : "gone";
        output.WriteLine(answer.Deleted.Count == 0 ? "no version goes" : $"{would}: {string.Join(", ", answer.Deleted)}");
        if (answer.TrainingDropped.Count > 0)
            output.WriteLine($"{(answer.DryRun ? "would lose" : "lost")} their moments (still served, exported and probed; nothing goes back to them): {string.Join(", ", answer.TrainingDropped)}");
        output.WriteLine($"{Tables.Bytes(answer.BytesFreed)} {(answer.DryRun ? "to be freed" : "freed")}");
    }
}
