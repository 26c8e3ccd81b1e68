using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Planning;

namespace SslAgent.Continual.Runs;

/// <summary>A run's learner, which may learn at another rate for a while and go back to where it was kept.</summary>
internal sealed class Trainee(LearnerPlan plan, TimeProvider time) : IDisposable
{
    private double _rateScale = 1;
    private SnapshotModel? _kept;

    public Learner Learner { get; private set; } = Learner.Create(plan, time);

    /// <summary>Multiplies the plan's learning rate from here on: another plan, hence another learner in the same state.</summary>
    public void LearnAt(double rateScale)
    {
        if (rateScale == _rateScale) return;
        using SnapshotModel now = Copy();
        Learner other = Learner.Restore(plan with { Optimizer = plan.Optimizer with { LearningRate = plan.Optimizer.LearningRate * rateScale } }, now, time);
        Learner.Dispose();
        (Learner, _rateScale) = (other, rateScale);
    }

    public void Keep()
    {
        _kept?.Dispose();
        _kept = Copy();
    }

    /// <summary>To what was kept last.</summary>
    public void GoBack() => Learner.RevertTo(Check.NotNull(_kept, "something was kept"));

    public void Dispose()
    {
        _kept?.Dispose();
        Learner.Dispose();
    }

    private SnapshotModel Copy() => new(Learner.Snapshot(), new ModelVersion(1), time.GetUtcNow());
}
