using SslAgent.Commands;

namespace SslAgent.Tests.Commands;

public sealed class ConfigCommandTests
{
    [Fact]
    public async Task Check_exits_0_without_faults_and_2_with_them_all_on_standard_error()
    {
        (int good, string output, _) = await Sslagent.RunAsync("config", "check", "--set", "kafka:topics=a");
        (int bad, _, string error) = await Sslagent.RunAsync("config", "check", "--set", "kafka:topics=a", "--set", "learning:batchSize=0", "--set", "agent:sed=1");

        Assert.Equal(ExitCode.Ok, good);
        Assert.Contains("no faults", output);
        Assert.Equal(ExitCode.Usage, bad);
        Assert.Contains("2 faults", error);
        Assert.Contains("agent:seed", error);
        Assert.Contains("learning:batchSize = 0", error);
    }

    [Fact]
    public async Task Show_prints_overridden_values_with_their_origin()
    {
        (int code, string output, _) = await Sslagent.RunAsync("config", "show", "--set", "learning:batchSize=32", "--state", "/tmp/some-state");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("\"batchSize\": 32, // --set", output);
        Assert.Contains("\"stateDirectory\": \"/tmp/some-state\"", output);
    }

    [Fact]
    public async Task Show_as_json_is_strict_json()
    {
        (_, string output, _) = await Sslagent.RunAsync("config", "show", "--set", "learning:batchSize=32", "-o", "json");

        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(output);
        Assert.Equal(32, document.RootElement.GetProperty("learning").GetProperty("batchSize").GetInt32());
    }
}
