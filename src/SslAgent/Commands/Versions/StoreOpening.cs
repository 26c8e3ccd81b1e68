using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Checkpoints;
using SslAgent.Configuration;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Commands.Versions;

/// <summary>Opens the version store of the state directory that a command line names, to look at it beside a running daemon.</summary>
internal static class StoreOpening
{
    /// <summary>What such a command reads of the configuration; faults elsewhere are the daemon's business.</summary>
    public static AgentSettings SettingsOf(Settings settings, ParseResult parsed) => settings.LoadSections(parsed, "agent", "checkpoints", "audit");

    public static VersionStore OpenToRead(Settings settings, ParseResult parsed) => OpenToRead(SettingsOf(settings, parsed), parsed);

    /// <summary>Read only, and only where there is one. What is odd about it is said on standard error.</summary>
    public static VersionStore OpenToRead(AgentSettings settings, ParseResult parsed)
    {
        StateDirectory state = new(settings.Agent.StateDirectory);
        state.RequireReach();
        if (!Directory.Exists(state.Versions))
            throw new CommandException(ExitCode.Refused, $"there are no versions in {state.Root} (another state directory: --state DIR)");
        VersionStore store = VersionStore.Open(LocalDisk.Instance, state.Versions, StoreAccess.ReadOnly, TimeProvider.System, NullLogger.Instance);
        foreach (StoreFinding finding in store.Findings) parsed.InvocationConfiguration.Error.WriteLine($"note: {finding.Message}");
        return store;
    }
}
