using SslAgent.Domain;

namespace SslAgent.Serving.Tests.Support;

/// <summary>The head's side of the control socket: notes orders, answers what the test says.</summary>
internal sealed class FakeControl : IAgentControl
{
    private readonly List<RollbackRequest> _orders = [];
    private readonly List<ForgetRequest> _forgotten = [];

    public AgentStatus Answer { get; set; } = Some.Status();

    public bool CycleAnswer { get; set; } = true;

    public int CyclesAsked { get; private set; }

    public Func<RollbackRequest, RollbackEffect> OnRollback { get; set; } = order =>
        new(new ModelVersion(3), order.To, order.DryRun ? null : new ModelVersion(4), [new ModelVersion(3), new ModelVersion(2)], 150, 123, 0, "goes back");

    public IReadOnlyList<RollbackRequest> Orders => _orders;

    public IReadOnlyList<ForgetRequest> Forgotten => _forgotten;

    public AgentStatus Status() => Answer;

    public IReadOnlyList<VersionManifest> Versions() => [Some.Manifest(3), Some.Manifest(2)];

    public Task<RollbackEffect> RollbackAsync(RollbackRequest request, CancellationToken cancellation)
    {
        _orders.Add(request);
        return Task.FromResult(OnRollback(request));
    }

    public Task<ForgetEffect> ForgetAsync(ForgetRequest request, CancellationToken cancellation)
    {
        _forgotten.Add(request);
        return Task.FromResult(new ForgetEffect(request.DryRun ? null : new ModelVersion(5), 1, 2, [new ModelVersion(3)], null, "forgets"));
    }

    public List<ResumeRequest> Resumed { get; } = [];

    public ResumeEffect Resume(ResumeRequest request)
    {
        Resumed.Add(request);
        if (request.Reason == "none") throw new ControlRefusedException("nothing to resume from");
        return new ResumeEffect(true, 5, "training was paused");
    }

    public bool TriggerCycle()
    {
        CyclesAsked++;
        return CycleAnswer;
    }
}
