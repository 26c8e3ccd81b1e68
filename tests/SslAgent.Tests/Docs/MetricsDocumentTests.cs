using System.Text.RegularExpressions;
using SslAgent.House.Tests;

namespace SslAgent.Tests.Docs;

public sealed partial class MetricsDocumentTests
{
    [Fact]
    public void Every_instrument_of_the_code_stands_in_the_document()
    {
        string document = Repository.Read("docs/metrics.md");
        string[] instruments =
        [
            .. Repository.Code.Where(file => file.StartsWith("src/", StringComparison.Ordinal)).SelectMany(file => InstrumentName().Matches(Repository.Read(file)))
                .Select(match => match.Groups[1].Value.Replace('.', '_'))
                .Distinct(),
        ];

        Assert.True(instruments.Length > 30, $"only {instruments.Length} instruments were found");
        Assert.All(instruments, instrument => Assert.Matches($"`{instrument}(_[a-z]+)*`", document));
    }

    [GeneratedRegex("""Create(?:Observable)?(?:Counter|UpDownCounter|Gauge|Histogram)(?:<\w+>)?\(\s*"((?:sslagent|process)\.[a-z0-9_.]+)""")]
    private static partial Regex InstrumentName();
}
