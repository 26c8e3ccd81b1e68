using System.Text;
using SslAgent.Demo;

namespace SslAgent.Tests.Demo;

public sealed class LogSetTests
{
    private static readonly IReadOnlyList<LogSet> Logs = LogSet.Load(AssetsFolder.Logs);

    [Fact]
    public void At_least_a_megabyte_of_lines_from_several_programs_is_shipped()
    {
        Assert.True(Logs.Count >= 6);
        Assert.All(Logs, log => Assert.NotEmpty(log.Lines));
        Assert.True(Logs.Sum(log => log.Lines.Sum(line => Encoding.UTF8.GetByteCount(line) + 1L)) >= 1 << 20);
    }

    [Fact]
    public void Lines_name_no_machine_and_no_foreign_address()
    {
        string[] telling = ["/work", "/root", "https://", Environment.MachineName + "."];

        foreach (string line in Logs.SelectMany(log => log.Lines)) Assert.DoesNotContain(telling, word => line.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_are_short_enough_to_be_kept_whole()
    {
        Assert.All(Logs.SelectMany(log => log.Lines), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 1024));
    }
}
