using System.Text.RegularExpressions;

namespace SslAgent.Tests.Docs;

public sealed partial class MetricsDocumentTests
{
    [Fact]
    public void Every_instrument_of_the_code_stands_in_the_document()
    {
        string root = RootOf(AppContext.BaseDirectory);
        string document = File.ReadAllText(Path.Combine(root, "docs", "metrics.md"));
        string[] instruments =
        [
            .. Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
                .SelectMany(path => InstrumentName().Matches(File.ReadAllText(path)))
                .Select(match => match.Groups[1].Value.Replace('.', '_'))
                .Distinct(),
        ];

        Assert.True(instruments.Length > 30, $"only {instruments.Length} instruments were found");
        Assert.All(instruments, instrument => Assert.Matches($"`{instrument}(_[a-z]+)*`", document));
    }

    [GeneratedRegex("""Create(?:Observable)?(?:Counter|UpDownCounter|Gauge|Histogram)(?:<\w+>)?\(\s*"((?:sslagent|process)\.[a-z0-9_.]+)""")]
    private static partial Regex InstrumentName();

    private static string RootOf(string folder) =>
        File.Exists(Path.Combine(folder, "SslAgent.sln")) ? folder : RootOf(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("outside the repository"));
}
