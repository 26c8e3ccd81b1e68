using System.CommandLine;
using SslAgent.Checkpoints;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>The options of <c>checkpoints rollback</c> and the order that they come to.</summary>
internal sealed class RollbackOrder
{
    private const string Keep = "keep", DropSince = "drop-since", Rewind = "rewind";

    private readonly Argument<VersionChoice> _to = VersionChoice.Argument("VERSION", "The version to go back to: v41, or SERVING");

    private readonly Option<string> _reason = new("--reason")
    {
        Description = "Why, for whoever asks later: it stands in the journal. Required unless --dry-run",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<string> _replay = new Option<string>("--replay")
    {
        Description = "What becomes of the replay buffer. drop-since (default): as it is, less what came after that version; keep: as it is; " +
            "rewind: as it was at that version, what came later is fresh again, less --deny",
        HelpName = $"{Keep}|{DropSince}|{Rewind}",
        DefaultValueFactory = _ => DropSince,
    }.AcceptOnlyFromAmong(Keep, DropSince, Rewind);

    private readonly Option<DeniedRange[]> _deny = new("--deny")
    {
        Description = "With rewind: a stretch of the stream that must never be learned again, both ends included; may be repeated. For good: " +
            "no command takes it back, so look at --dry-run first",
        HelpName = DeniedRanges.Form,
        CustomParser = result =>
        {
            List<DeniedRange> ranges = [];
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
            {
                if (DeniedRanges.Read(token.Value) is { } range) ranges.Add(range);
                else result.AddError($"--deny {token.Value}: write {DeniedRanges.Form}, as in frames/0/1200-1450");
            }

            return [.. ranges];
        },
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only says what it would do" };

    public RollbackOrder(Command command)
    {
        command.Arguments.Add(_to);
        command.Options.Add(_reason);
        command.Options.Add(_replay);
        command.Options.Add(_deny);
        command.Options.Add(_dryRun);
    }

    public RollbackRequest Read(ParseResult parsed, VersionStore store)
    {
        ReplayRollback replay = parsed.GetValue(_replay) switch
        {
            Keep => ReplayRollback.Keep,
            Rewind => ReplayRollback.Rewind,
            _ => ReplayRollback.DropSince,
        };
        DeniedRange[] denied = parsed.GetValue(_deny) ?? [];
        if (denied.Length > 0 && replay != ReplayRollback.Rewind)
            throw new CommandException(ExitCode.Usage, "--deny goes with --replay rewind: only then is what came later learned again");
        string reason = (parsed.GetValue(_reason) ?? "").Trim();
        bool dryRun = parsed.GetValue(_dryRun);
        return new RollbackRequest(parsed.GetValue(_to).In(store), replay, reason, denied, dryRun);
    }
}
