using System.Globalization;
using SslAgent.Faults.Victim;

namespace SslAgent.Faults.Tests.Killing;

/// <summary>A process that went on in the middle of a cycle that one before it was killed in.</summary>
/// <param name="Step">The step that it began with; where steps are told by twos or more, one of the first.</param>
/// <param name="Point">Steps that the newest resume point had before it.</param>
internal sealed record Resumption(int Step, int Point)
{
    public bool RepeatsSteps => Step < Point;

    /// <summary>All in a state directory's life. Only the newest resume point counts: what has to be made anew from before it begins at its beginning.</summary>
    public static IReadOnlyList<Resumption> All(KillChain chain)
    {
        var resumptions = new List<Resumption>();
        (int Cycle, int Steps) newest = (0, 0);
        bool isFirstStep = false;
        foreach ((string what, string detail) in PointLog.Read(chain.Log))
        {
            if (what == PointLog.Begun) isFirstStep = true;
            if (what == PointLog.ResumePoint) newest = Read(detail);
            if (what != PointLog.Step) continue;
            (int cycle, int step) = Read(detail);
            if (isFirstStep && cycle == newest.Cycle) resumptions.Add(new Resumption(step, newest.Steps));
            isFirstStep = false;
        }

        return resumptions;
    }

    private static (int Cycle, int Steps) Read(string detail)
    {
        int[] numbers = [.. detail.Split('\t').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1]);
    }
}
