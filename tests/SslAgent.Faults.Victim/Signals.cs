using System.Runtime.InteropServices;

namespace SslAgent.Faults.Victim;

/// <summary>Real signals to this very process.</summary>
internal static partial class Signals
{
    private const int Kill = 9, Terminate = 15;

    /// <summary>Ends the process here and now; nothing of it runs on.</summary>
    public static void KillMyself()
    {
        Send(Kill);
        // The system ends all threads before this one gets any further.
        new ManualResetEvent(false).WaitOne();
    }

    public static void AskMyselfToStop() => Send(Terminate);

    private static void Send(int signal)
    {
        if (kill(Environment.ProcessId, signal) != 0) throw new InvalidOperationException($"signal {signal} was refused: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
