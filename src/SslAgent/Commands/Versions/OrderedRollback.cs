using System.CommandLine;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary>An order that takes training to another version, as a command carries it out: it says first what it will do, and does nothing without a reason.</summary>
internal static class OrderedRollback
{
    public static async Task<RollbackEffect> CarryAsync(OrderRoute route, RollbackRequest request, ParseResult parsed, CancellationToken cancellation)
    {
        RollbackEffect preview = await route.RollbackAsync(request with { DryRun = true }, cancellation);
        if (request.Accept && !preview.Accepts)
            throw new CommandException(ExitCode.Refused, "nothing was done: the running daemon is of an earlier release, which cannot accept versions; restart it");
        if (request.DryRun) return preview;
        await parsed.InvocationConfiguration.Error.WriteLineAsync(preview.Summary);
        if (request.Reason.Length == 0)
            throw new CommandException(ExitCode.Usage, "nothing was done: say why with --reason TEXT, it stands in the journal for whoever asks later");
        return await route.RollbackAsync(request, cancellation);
    }
}
