using SslAgent.Commands;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Native;
using SslAgent.Learning.State;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Serving;
using SslAgent.Storage;

namespace SslAgent.Hosting;

/// <summary>Why the agent could not start, as a sentence and an exit code; null for what is nobody's mistake but ours.</summary>
internal static class StartFaults
{
    public static CommandException? Explain(Exception fault) => fault switch
    {
        StateRefusedException or StateFormatException or ModelStateException => new CommandException(ExitCode.Refused, fault.Message),
        StorageException { Fault: StorageFault.Locked } => new CommandException(ExitCode.Refused, fault.Message),
        KafkaSettingsException => new CommandException(ExitCode.Usage, fault.Message),
        StorageException or ServingStartException or NativeLibraryException => new CommandException(ExitCode.Environment, fault.Message),
        _ => null,
    };
}
