using SslAgent.Continual.Measures;
using SslAgent.Continual.Runs;

namespace SslAgent.Continual.Reports;

/// <summary>The runs at hand, and what is asked of them. Everything is by method and share of the buffer, over seeds.</summary>
internal sealed class RunTable(IReadOnlyList<RunRecord> records)
{
    public IReadOnlyList<RunRecord> Of(string stream, string method, int share)
    {
        int own = Methods.Find(method).HasBuffer ? share : 0;
        return [.. records.Where(record => (record.Stream, record.Method, record.Share) == (stream, method, own)).OrderBy(record => record.Seed)];
    }

    /// <summary>The run of the lowest seed, or null.</summary>
    public RunRecord? First(string stream, string method, int share) => Of(stream, method, share) is [var first, ..] ? first : null;

    /// <summary>The share that pictures show: a quarter where it was run.</summary>
    public int ShownShare(string stream) => Shares(stream) is { Count: > 0 } shares ? shares.Contains(25) ? 25 : shares[0] : 0;

    public IReadOnlyList<int> Shares(string stream) => [.. records.Where(record => record.Stream == stream && record.Share > 0).Select(record => record.Share).Distinct().Order()];

    public IReadOnlyList<string> Objectives(string stream) =>
        [.. records.Where(record => record.Stream == stream).SelectMany(record => record.Courses).Select(course => course.Objective).Distinct()];

    public IReadOnlyList<string> Tasks(string stream) =>
        [.. records.Where(record => record.Stream == stream).SelectMany(record => record.Tasks).Select(task => task.Task).Distinct()];

    public static IReadOnlyList<EraCourse> Courses(RunRecord record, string objective) => [.. record.Courses.Where(course => course.Objective == objective)];

    /// <summary>Mean held-out loss of the last version: over single sentinels, or by eras where a loss needs company.</summary>
    public static double? Loss(RunRecord record, string objective)
    {
        if (record.Items.FirstOrDefault(items => items.Objective == objective) is { } each) return each.Losses.Average(loss => (double)loss);
        IReadOnlyList<EraCourse> courses = Courses(record, objective);
        return courses.Count == 0 ? null : Forgetting.MeanLoss(courses, courses[0].Losses.Count - 1);
    }

    /// <summary>Null where nothing was trained.</summary>
    public static double? ForgettingPoints(RunRecord record, string objective) =>
        record.Cycles == 0 || Courses(record, objective).Count == 0 ? null : Forgetting.AveragePoints(Courses(record, objective));

    public static double? Share(RunRecord record, string task, Func<TaskAnswers, string> answers) =>
        record.Tasks.FirstOrDefault(one => one.Task == task) is { } found ? Marks(answers(found)).Average(mark => (double)mark) : null;

    /// <summary>Losses of single sentinels of two methods, for the seeds that both have.</summary>
    public IReadOnlyList<(float[], float[])> PairedLosses(string stream, int share, string objective, string first, string second) =>
        Paired(stream, share, first, second, record => record.Items.FirstOrDefault(items => items.Objective == objective)?.Losses.ToArray());

    /// <summary>Right and wrong answers by the linear probe, 1 and 0.</summary>
    public IReadOnlyList<(float[], float[])> PairedAnswers(string stream, int share, string task, string first, string second) =>
        Paired(stream, share, first, second, record => record.Tasks.FirstOrDefault(one => one.Task == task) is { } found ? Marks(found.Linear) : null);

    /// <summary>How much each era was forgotten, in points.</summary>
    public IReadOnlyList<(float[], float[])> PairedForgetting(string stream, int share, string objective, string first, string second) =>
        Paired(stream, share, first, second, record => record.Cycles == 0 ? null : Forgetting.PointsOfEras(Courses(record, objective)));

    private List<(float[], float[])> Paired(string stream, int share, string first, string second, Func<RunRecord, float[]?> items) =>
    [
        .. from mine in Of(stream, first, share)
           join theirs in Of(stream, second, share) on mine.Seed equals theirs.Seed
           let pair = (First: items(mine), Second: items(theirs))
           where pair.First is { Length: > 0 } && pair.Second is { Length: > 0 } && pair.First.Length == pair.Second.Length
           select (pair.First ?? [], pair.Second ?? [])
    ];

    private static float[] Marks(string answers) => [.. answers.Select(answer => answer == '1' ? 1f : 0f)];
}
