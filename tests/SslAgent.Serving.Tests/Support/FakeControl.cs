using SslAgent.Domain;

namespace SslAgent.Serving.Tests.Support;

/// <summary>The head's side of the control socket: notes orders, answers what the test says.</summary>
internal sealed class FakeControl : IAgentControl
{
    private readonly List<RollbackRequest> _orders = [];

    public AgentStatus Answer { get; set; } = Some.Status();

    public bool CycleAnswer { get; set; } = true;

    public int CyclesAsked { get; private set; }

    public Func<RollbackRequest, RollbackEffect> OnRollback { get; set; } = order =>
        new(new ModelVersion(3), order.To, order.DryRun ? null : new ModelVersion(4), [new ModelVersion(3), new ModelVersion(2)], 123, "goes back");

    public IReadOnlyList<RollbackRequest> Orders => _orders;

    public AgentStatus Status() => Answer;

    public IReadOnlyList<VersionManifest> Versions() => [Some.Manifest(3), Some.Manifest(2)];

    public Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation)
    {
        _orders.Add(request);
        return Task.FromResult(OnRollback(request));
    }

    public bool TriggerCycle()
    {
        CyclesAsked++;
        return CycleAnswer;
    }
}
