using System.CommandLine;
using SslAgent.Commands.Versions;

namespace SslAgent.Commands;

/// <summary>
/// <c>sslagent checkpoints …</c>: look at the versions, compare, verify, go back, keep, prune, export. One file a subcommand in Versions/.
/// </summary>
internal static class CheckpointsCommand
{
    public static CommandEntry Build()
    {
        Command command = new("checkpoints", "Versions: list, matrix, show, diff, verify, rollback, accept, pin, unpin, prune, export")
        {
            ListVersions.Build(),
            MatrixVersions.Build(),
            ShowVersion.Build(),
            DiffVersions.Build(),
            VerifyVersions.Build(),
            RollbackVersion.Build(),
            AcceptVersion.Build(),
            PinVersion.Build(),
            PinVersion.BuildUnpin(),
            PruneVersions.Build(),
            ExportVersion.Build(),
        };
        return new CommandEntry(
            CommandGroup.Versions, command,
            new Example("checkpoints list", "newest first, with verdicts and where HEAD and SERVING point"),
            new Example("checkpoints show v41", "why was it promoted, held or rejected?"),
            new Example("checkpoints matrix --png matrix.png", "what did each version still know of each era?"),
            new Example("checkpoints diff v41 HEAD", "what has changed since?"),
            new Example("checkpoints verify", "reads every byte; exit code 1 where one is damaged"),
            new Example("checkpoints rollback v41 --dry-run", "what would going back do?"),
            new Example("checkpoints rollback v41 --reason \"camera 3 was broken since noon\"", "goes back; the daemon may be running"),
            new Example("checkpoints accept v44 --reason \"a new camera, it learns well\"", "serves a held version, and holds later ones against it"),
            new Example("checkpoints pin v41 --reason \"the audited release\"", "keeps it for ever"),
            new Example("checkpoints prune --dry-run", "what does retention take next?"),
            new Example("checkpoints export SERVING ./model", "weights, description and tokenizer, to use elsewhere"));
    }
}
