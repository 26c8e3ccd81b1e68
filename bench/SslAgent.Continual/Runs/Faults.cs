namespace SslAgent.Continual.Runs;

/// <summary>What goes wrong in a run: every so many cycles somebody's wrong learning rate. Else the guard only looks on; where it is to show what it is good for, it acts.</summary>
/// <param name="Every">The cycles whose number this divides.</param>
/// <param name="LearningRateScale">What the learning rate is multiplied by in them.</param>
/// <param name="IsGuarded">Whether what the guard rejects is taken back, as the agent does it.</param>
internal sealed record Faults(int Every, double LearningRateScale, bool IsGuarded)
{
    /// <param name="cycle">Counted from 1, as its version is.</param>
    public bool Hits(int cycle) => cycle % Every == 0;

    public double ScaleOf(int cycle) => Hits(cycle) ? LearningRateScale : 1;
}
