using System.Text.RegularExpressions;
using SslAgent.House.Tests;

namespace SslAgent.Tests.Docs;

public sealed partial class MetricsDocumentTests
{
    [Fact]
    public void Every_instrument_of_the_code_stands_in_the_document()
    {
        string document = Repository.Read("docs/metrics.md");
        Assert.True(Instruments.Length > 30, $"only {Instruments.Length} instruments were found");
        Assert.All(Instruments, instrument => Assert.Matches($"`{instrument}(_[a-z]+)*`", document));
    }

    [Fact]
    public void Every_metric_of_the_document_is_an_instrument_of_the_code()
    {
        string[] rows = [.. Repository.Read("docs/metrics.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        string[] documented = [.. rows.SelectMany(row => MetricName().Matches(row.Split('|')[1])).Select(match => match.Groups[1].Value).Where(name => name != OfTheServer)];
        Assert.True(documented.Length > 30, $"only {documented.Length} metrics were found");
        Assert.All(documented, metric => Assert.True(
            Instruments.Any(instrument => metric == instrument || (metric.StartsWith(instrument, StringComparison.Ordinal) && Endings.Contains(metric[instrument.Length..]))), $"nothing makes {metric}"));
    }

    // What the server counts itself, of the others.
    private const string OfTheServer = "sslagent_metrics_dropped_total";

    // Docs name a metric as it is scraped: with its unit, and _total where it is a counter.
    private static readonly string[] Endings = ["_total", "_bytes", "_bytes_total", "_seconds", "_seconds_total", "_ratio"];

    private static string[] Instruments { get; } =
    [
        .. Repository.Code.Where(file => file.StartsWith("src/", StringComparison.Ordinal)).SelectMany(file => InstrumentName().Matches(Repository.Read(file)))
            .Select(match => match.Groups[1].Value.Replace('.', '_'))
            .Distinct(),
    ];

    [GeneratedRegex("""`((?:sslagent|process)_[a-z0-9_]+)`""")]
    private static partial Regex MetricName();

    [GeneratedRegex("""Create(?:Observable)?(?:Counter|UpDownCounter|Gauge|Histogram)(?:<\w+>)?\(\s*"((?:sslagent|process)\.[a-z0-9_.]+)""")]
    private static partial Regex InstrumentName();
}
