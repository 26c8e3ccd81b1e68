using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Serving.Control;

namespace SslAgent.Commands.Versions;

/// <summary>
/// Who carries an operator's order out: the daemon that runs on the state directory, or, where none runs, this process under the directory's lock, from the
/// preview to the deed, so that nothing changes in between.
/// </summary>
internal abstract class OrderRoute : IDisposable
{
    /// <summary>What this process must have of the configuration: without a daemon it recovers the state as the daemon would.</summary>
    public static string[] Sections { get; } = ["agent", "checkpoints", "audit", "replay", "model", "learning", "guard", "cycle", "tokenizer"];

    /// <param name="role">Who asks, for the lock file.</param>
    /// <param name="error">Where is said what this process has to wait for.</param>
    public static async Task<OrderRoute> FindAsync(AgentSettings settings, string role, TextWriter error, CancellationToken cancellation)
    {
        ControlClient daemon = new(settings.Agent.StateDirectory);
        if (await daemon.IsRunningAsync(cancellation)) return new ThroughDaemon(daemon);
        daemon.Dispose();
        AgentSettings asItIs = settings with { Agent = settings.Agent with { NewLineage = false } };
        return new UnderLock(OfflineOrders.Open(asItIs, role, TimeProvider.System, new CommandLog(error), cancellation));
    }

    public abstract Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation);

    public abstract Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation);

    public abstract Task<ResumeEffect> ResumeAsync(ResumeRequest request, CancellationToken cancellation);

    public abstract void Dispose();

    private sealed class ThroughDaemon(ControlClient daemon) : OrderRoute
    {
        public override Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation) =>
            daemon.RollbackAsync(request, cancellation);

        public override Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation) => daemon.ForgetAsync(request, cancellation);

        public override Task<ResumeEffect> ResumeAsync(ResumeRequest request, CancellationToken cancellation) => daemon.ResumeAsync(request, cancellation);

        public override void Dispose() => daemon.Dispose();
    }

    private sealed class UnderLock(OfflineOrders state) : OrderRoute
    {
        public override Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation) =>
            Task.FromResult(Carry(() => state.RollBack(request)));

        public override Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation) =>
            Task.FromResult(Carry(() => state.Forget(request, cancellation)));

        public override Task<ResumeEffect> ResumeAsync(ResumeRequest request, CancellationToken cancellation) => Task.FromResult(state.Resume(request));

        public override void Dispose() => state.Dispose();

        private T Carry<T>(Func<T> order)
        {
            try
            {
                return order();
            }
            catch (OperationCanceledException) when (state.HasDecided)
            {
                throw new CommandException(ExitCode.Failed, "interrupted; the order stands in the journal, and the next start finishes what is left of it: do not give it again");
            }
        }
    }
}
