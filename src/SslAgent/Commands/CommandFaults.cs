using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Hosting;
using SslAgent.Replay;
using SslAgent.Serving.Control;
using SslAgent.Storage;

namespace SslAgent.Commands;

/// <summary>Which faults of the rooms are a person's to mend, and what exit code each gets. Any other exception is a bug of ours.</summary>
internal static class CommandFaults
{
    /// <summary>The refusal to print, or null where it is a bug.</summary>
    public static CommandException? Explain(Exception fault) => StartFaults.Explain(fault) ?? fault switch
    {
        CommandException refusal => refusal,
        ControlRefusedException or NoDaemonException or UnknownVersionException or UnknownManifestFormatException or UnknownFormatException or RecordLogChangedException
            => new CommandException(ExitCode.Refused, fault.Message),
        VersionDamagedException or ControlFailedException or RecordDamagedException or JournalFormatException
            => new CommandException(ExitCode.Failed, fault.Message),
        IOException or UnauthorizedAccessException => new CommandException(ExitCode.Environment, fault.Message),
        _ => null,
    };
}
