using SslAgent.Continual.Measures;
using SslAgent.Continual.Plotting;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Picturing;

namespace SslAgent.Continual.Reports;

/// <summary>Draws and saves; each gives the file's name, or null where there is nothing to draw.</summary>
internal sealed class Pictures(RunTable runs, string folder)
{
    private static readonly string[] Compared = [Methods.Naive, Methods.Default, Methods.Iid];

    /// <summary>Each era's held-out loss over the versions of the agent's default.</summary>
    public string? Eras(StreamSpec stream, string objective)
    {
        if (First(stream, Methods.Default) is not { } record) return null;
        IReadOnlyList<EraCourse> courses = RunTable.Courses(record, objective);
        if (courses.Count == 0) return null;
        Series[] series = [.. courses.Select((course, place) => new Series(course.Name, Inks.InOrder(place, courses.Count), Points(course.Losses, 0)))];
        return Save(
            $"{stream.Name}-{objective}-eras.png",
            LinePlot.Draw($"{stream.Name}: held-out {objective} loss of each era, default {record.Share}%, seed {record.Seed}", "version", "loss", series));
    }

    /// <summary>The forgetting matrices of the default and of what it is compared with.</summary>
    public string? Matrices(StreamSpec stream, string objective)
    {
        Panel[] panels =
        [
            .. from method in Compared
               let record = First(stream, method)
               where record is not null
               let courses = RunTable.Courses(record, objective)
               where courses.Count > 0
               select new Panel(method, [.. courses.Select(course => course.Name)], [.. courses.Select(Lost)]),
        ];
        return panels.Length == 0 ? null : Save(
            $"{stream.Name}-{objective}-forgetting.png", HeatMap.Draw($"{stream.Name}: {objective} loss above the era's lowest so far, percent (seed 1)", "percent", panels));
    }

    public string? Bars(Against against, string title, IReadOnlyList<Target> targets)
    {
        Target[] own = [.. targets.Where(target => target.Against == against)];
        // Losses are relative and probes are points: where a picture has both, it says so.
        string unit = string.Join(", ", own.Select(target => target.Unit == "%" ? "percent of the other's" : target.Unit).Distinct());
        return own.Length == 0 ? null : Save($"targets-{against.ToString().ToLowerInvariant()}.png", BarPlot.Draw(title, unit, [.. own.Select(target => target.Bar)]));
    }

    /// <summary>Mean loss of the first third of the eras, once all of them were seen.</summary>
    public string? OldEras(StreamSpec stream, string objective, IReadOnlyList<string> methods)
    {
        Series[] series =
        [
            .. methods.Select(method => (Name: method, Record: First(stream, method))).Where(one => one.Record is not null && RunTable.Courses(one.Record, objective).Count > 0)
                .Select((one, place) => Old(one.Name, RunTable.Courses(Domain.Check.NotNull(one.Record, "only runs that there are"), objective), Inks.Distinct[place])),
        ];
        return series.Length == 0 ? null : Save(
            $"{stream.Name}-{objective}-old-eras.png", LinePlot.Draw($"{stream.Name}: mean held-out {objective} loss of the oldest third of the eras", "version", "loss", series));
    }

    /// <summary>Mean loss over all eras, of what each version was (guarded: of what stood after its verdict).</summary>
    public string? Faults(StreamSpec stream, string objective)
    {
        if (First(stream, Methods.Faults) is null) return null;
        Series[] series =
        [
            .. from one in new[] { Methods.Default, Methods.Faults, Methods.FaultsGuarded }.Select((method, place) => (Method: method, Place: place))
               let record = First(stream, one.Method)
               where record is not null
               let courses = RunTable.Courses(record, objective)
               select new Series(one.Method, Inks.Distinct[one.Place], Points([.. Enumerable.Range(0, record.Cycles).Select(version => Forgetting.MeanLoss(courses, version))], 0), 3),
        ];
        return Save($"{stream.Name}-{objective}-faults.png", LinePlot.Draw($"{stream.Name}: held-out {objective} loss, every fifth cycle faulty (seed 1)", "version", "loss", series));
    }

    private static Series Old(string name, IReadOnlyList<EraCourse> courses, Ink ink)
    {
        double[] losses = Forgetting.OldEras(courses);
        return new Series(name, ink, Points(losses, courses[0].Losses.Count - losses.Length), 3);
    }

    private RunRecord? First(StreamSpec stream, string method) => runs.First(stream.Name, method, runs.ShownShare(stream.Name));

    /// <summary>Versions are counted from 1, as people do.</summary>
    private static (double, double)[] Points(IReadOnlyList<double> losses, int first) => [.. losses.Select((loss, version) => (first + version + 1.0, loss))];

    private static IReadOnlyList<double> Lost(EraCourse course)
    {
        double lowest = double.PositiveInfinity;
        return
        [
            .. course.Losses.Select((loss, version) =>
            {
                if (version < course.SeenFrom) return double.NaN;
                lowest = Math.Min(lowest, loss);
                return 100 * (loss - lowest) / lowest;
            }),
        ];
    }

    private string Save(string name, Canvas canvas)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), new VipsFrameCodec(new FrameOptions()).EncodePng(canvas.ToFrame()));
        return name;
    }
}
