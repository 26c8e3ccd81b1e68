using SslAgent.Continual.Runs;

namespace SslAgent.Continual.Measures;

/// <summary>What the course of the eras' losses says. Losses of different objectives are not mixed.</summary>
internal static class Forgetting
{
    /// <summary>
    /// Mean over the eras, but for the last one, of how far the last version's loss lies above the lowest that a version had since the era began, in percent of that
    /// lowest: points. 0 where nothing was ever lost.
    /// </summary>
    public static double AveragePoints(IReadOnlyList<EraCourse> courses) => PointsOfEras(courses) is { Length: > 0 } points ? points.Average(point => (double)point) : 0;

    /// <summary>The same of each era, the last one left out.</summary>
    public static float[] PointsOfEras(IReadOnlyList<EraCourse> courses) => [.. courses.OrderBy(course => course.Era).SkipLast(1).Select(course => (float)Points(course))];

    /// <summary>Every sentinel counting the same, as of one version.</summary>
    public static double MeanLoss(IReadOnlyList<EraCourse> courses, int version) =>
        courses.Sum(course => course.Losses[version] * course.Count) / courses.Sum(course => course.Count);

    /// <summary>
    /// Late decay: mean loss of the first third of the eras, from the time when all of them were seen. How far its last fifth lies above its lowest fifth-long stretch, in
    /// percent of that.
    /// </summary>
    public static double LateDecayPoints(IReadOnlyList<EraCourse> courses)
    {
        double[] course = OldEras(courses);
        int stretch = Math.Max(1, course.Length / 5);
        double[] means = [.. Enumerable.Range(0, course.Length - stretch + 1).Select(from => course[from..(from + stretch)].Average())];
        return 100 * (means[^1] - means.Min()) / means.Min();
    }

    /// <summary>Mean loss of the first third of the eras at each version since the last of them began.</summary>
    public static double[] OldEras(IReadOnlyList<EraCourse> courses)
    {
        EraCourse[] old = [.. courses.OrderBy(course => course.Era).Take(Math.Max(1, courses.Count / 3))];
        int from = old.Max(course => course.SeenFrom);
        return [.. Enumerable.Range(from, old[0].Losses.Count - from).Select(version => MeanLoss(old, version))];
    }

    private static double Points(EraCourse course)
    {
        double lowest = course.Losses.Skip(course.SeenFrom).Min();
        return 100 * (course.Losses[^1] - lowest) / lowest;
    }
}
