using System.Runtime.InteropServices;
using SslAgent.Commands;

// The head's front door: one parse, one cancellation token for every command, exit codes as ExitCode names them.
using CancellationTokenSource stop = new();

// The first signal asks; a second one of the same kind finds no handler left and ends the process.
void Ask(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);

return await CommandLine.RunAsync(args, Console.Out, Console.Error, stop.Token);
