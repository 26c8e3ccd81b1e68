using SslAgent.Domain;
using SslAgent.Learning.Planning;

namespace SslAgent.Learning.Training;

/// <summary>
/// Whose turn it is: weighted round-robin as a pure function of the step. The k-th turn of an objective is due at (k + 1/2) / weight; turns are taken
/// in order of their due times, equal ones in the plan's order.
/// </summary>
internal sealed class Turns
{
    private readonly IReadOnlyList<ObjectivePlan> _objectives;
    private readonly int[] _taken;

    /// <param name="objectives">Those that have data in this cycle; at least one.</param>
    /// <param name="step">The first step asked for.</param>
    public Turns(IReadOnlyList<ObjectivePlan> objectives, int step)
    {
        Check.That(objectives.Count > 0, "somebody has a turn");
        _objectives = objectives;
        _taken = new int[objectives.Count];
        for (var passed = 0; passed < step; passed++) Next();
    }

    /// <summary>The objective of the next step, and how many turns it had before.</summary>
    public (ObjectivePlan Objective, int Turn) Next()
    {
        var next = 0;
        for (var index = 1; index < _taken.Length; index++)
        {
            if (Due(index) < Due(next)) next = index;
        }

        return (_objectives[next], _taken[next]++);
    }

    private double Due(int index) => (_taken[index] + 0.5) / _objectives[index].Weight;
}
