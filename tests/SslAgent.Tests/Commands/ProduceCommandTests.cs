using SslAgent.Commands;
using SslAgent.Ingest.Broker;

namespace SslAgent.Tests.Commands;

public sealed class ProduceCommandTests
{
    [Theory]
    [InlineData("produce", "frames", "/no/such/folder")]
    [InlineData("produce", "logs", "/no/such/file")]
    [InlineData("produce", "pairs", "/no/such/list")]
    public async Task What_is_not_there_is_refused_by_name(params string[] args)
    {
        (int code, _, string error) = await Sslagent.RunAsync(args);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(args[^1], error);
    }

    [Theory]
    [InlineData("--rate", "0")]
    [InlineData("--set", "kafka:propertees=1")]
    public async Task Wrong_options_are_refused(string option, string value)
    {
        string file = typeof(ProduceCommandTests).Assembly.Location;

        (int code, _, string error) = await Sslagent.RunAsync("produce", "logs", file, option, value);

        Assert.Equal(ExitCode.Usage, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task The_lines_of_a_file_reach_the_broker()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, ["one", "two", "three"]);
            using EmbeddedBroker broker = new();

            (int code, string output, string error) = await Sslagent.RunAsync("produce", "logs", file, "--brokers", broker.BootstrapServers, "--topic", "lines");

            Assert.Equal((ExitCode.Ok, ""), (code, error));
            Assert.Contains("3 messages are with", output);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
