using System.CommandLine;
using SslAgent.Auditing;
using SslAgent.Commands.Audits;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Commands;

/// <summary>
/// <c>sslagent audit</c>: are the versions on disk what the journal gives? Trains every cycle in the range again, so each takes about as long as it did; changes
/// nothing; a daemon may be running.
/// </summary>
internal static class AuditCommand
{
    public static CommandEntry Build()
    {
        Command command = new("audit", "Derives versions again from their parents over the journal and compares them bit for bit");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Option<VersionChoice?> from = VersionChoice.Option("--from", "Oldest version to audit: v41, HEAD or SERVING. Without it: as far back as the audit reaches");
        Option<VersionChoice?> to = VersionChoice.Option("--to", "Newest version to audit. Without it: the newest there is");
        command.Options.Add(from);
        command.Options.Add(to);
        command.Options.Add(format);
        command.SetAction(async (parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, "agent", "audit", "guard", "checkpoints");
            AuditRange range = RangeOf(parsed.GetValue(from), parsed.GetValue(to), loaded, parsed);
            AuditNews news = new(parsed.InvocationConfiguration.Error, TimeProvider.System);
            AuditReport report = await new Audit(loaded, LocalDisk.Instance, TimeProvider.System, news.Tell).RunAsync(range, cancellation);
            Answer.Print(parsed, format, report, AuditJson.Default.AuditReport, output => AuditPage.Write(output, report));
            return CodeOf(report);
        });
        return new CommandEntry(
            CommandGroup.Versions, command,
            new Example("audit", "all versions in reach, each about as long as its cycle took; beside a running daemon too"),
            new Example("audit --from v40 --to v42", "these three; exit code 1 where one is not what the journal gives, 3 where none is in reach"),
            new Example("audit --from HEAD -o json", "only what training stands on, for a program"));
    }

    /// <summary>Scripts rely on these: see docs/commands.md.</summary>
    internal static int CodeOf(AuditReport report)
    {
        if (report.Count(AuditOutcome.Differs) > 0) return ExitCode.Failed;
        return report.Count(AuditOutcome.OutOfReach) == report.Versions.Count ? ExitCode.Refused : ExitCode.Ok;
    }

    private static AuditRange RangeOf(VersionChoice? from, VersionChoice? to, AgentSettings settings, ParseResult parsed)
    {
        ModelVersion? first = null, last = null;
        if (from is not null || to is not null)
        {
            Checkpoints.VersionStore store = StoreOpening.OpenToRead(settings, parsed);
            (first, last) = (from?.In(store), to?.In(store));
        }

        return first > last
            ? throw new CommandException(ExitCode.Usage, $"--from {first} is newer than --to {last}")
            : new AuditRange(first, last);
    }
}
