using System.Globalization;
using SslAgent.Picturing;

namespace SslAgent.Probing;

/// <summary>The figures for a person: a table of text, and the few-shot curve as a picture.</summary>
internal static class ProbeTable
{
    public static void Write(TextWriter output, ProbeResult result)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Data}: {result.Train:N0} to fit to, {result.Test:N0} to ask about, {result.Classes} classes{(result.Refused > 0 ? $", {result.Refused:N0} left out" : "")}; {result.Version}, {result.Space}, {result.Width} numbers"));
        output.WriteLine();
        output.WriteLine($"{"",-26}{result.Version,10}{(result.Untrained is null ? "" : "untrained"),12}");
        Row("linear probe", worth => worth.Linear);
        Row("five nearest", worth => worth.Neighbours);
        Row("retrieval, the nearest", worth => worth.PrecisionAt1);
        Row("retrieval, R-precision", worth => worth.RPrecision);
        Row("clusters, NMI", worth => worth.Clusters);
        if (result.FineTuned is { } tuned)
        {
            output.WriteLine();
            output.WriteLine($"{"",-26}{"pretrained",10}{"scratch",12}");
            output.WriteLine($"{"fine-tuned, all labels",-26}{Share(tuned.Pretrained),10}{Share(tuned.FromScratch),12}");
        }

        if (result.FewShot.Count == 0) return;
        output.WriteLine();
        output.WriteLine($"{"labels a class",-26}{"linear",10}{"+/-",8}{(result.FineTuned is null ? "" : "pretrained"),14}{(result.FineTuned is null ? "" : "scratch"),10}");
        foreach (ShotWorth shot in result.FewShot)
        {
            string few = shot.FineTuned is { } start ? $"{Share(start.Pretrained),14}{Share(start.FromScratch),10}" : "";
            output.WriteLine($"{shot.Shots,-26}{Share(shot.Linear),10}{Share(shot.Deviation),8}{few}");
        }

        void Row(string name, Func<FeatureWorth, double> figure) =>
            output.WriteLine($"{name,-26}{Share(figure(result.Features)),10}{(result.Untrained is { } untrained ? Share(figure(untrained)) : ""),12}");
    }

    /// <summary>Right answers over labels a class, on a logarithmic scale.</summary>
    public static Canvas Draw(ProbeResult result)
    {
        var series = new List<Series> { Of("linear probe", 0, shot => shot.Linear) };
        if (result.FineTuned is not null)
        {
            series.Add(Of("fine-tuned", 1, shot => shot.FineTuned?.Pretrained ?? double.NaN));
            series.Add(Of("from scratch", 2, shot => shot.FineTuned?.FromScratch ?? double.NaN));
        }

        return LinePlot.Draw($"{result.Data}, {result.Version}: right answers, %", "labels a class, log10", "%", series);

        Series Of(string name, int ink, Func<ShotWorth, double> figure) =>
            new(name, Inks.Distinct[ink], [.. result.FewShot.Select(shot => (Math.Log10(shot.Shots), 100 * figure(shot)))]);
    }

    private static string Share(double value) => double.IsNaN(value) ? "-" : value.ToString("P1", CultureInfo.InvariantCulture);
}
