using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Tests.Commands.Support;

namespace SslAgent.Tests.Commands;

public sealed class StatusCommandTests
{
    [Theory]
    [InlineData(AgentHealth.Healthy, 0)]
    [InlineData(AgentHealth.Degraded, 1)]
    [InlineData(AgentHealth.Starting, 1)]
    [InlineData(AgentHealth.Stopping, 1)]
    public async Task The_exit_code_tells_the_health(AgentHealth health, int expected)
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);
        daemon.Health = health;

        (int code, string output, _) = await Sslagent.RunAsync("status", "--state", store.Root);

        Assert.Equal(expected, code);
        Assert.Contains("! the disk is slow", output);
        Assert.Contains("served is v2", output);
        Assert.Contains("4,000 samples admitted", output);
        // The most surprising source first.
        Assert.InRange(output.IndexOf("cam-1", StringComparison.Ordinal), output.IndexOf("cam-2", StringComparison.Ordinal) + 1, output.Length);
    }

    [Fact]
    public async Task As_json_it_is_what_the_socket_says()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (_, string output, _) = await Sslagent.RunAsync("status", "--state", store.Root, "-o", "json");

        Assert.Equal(
            JsonSerializer.Serialize(daemon.Status(), DomainJson.Default.AgentStatus),
            JsonSerializer.Serialize(JsonSerializer.Deserialize(output, DomainJson.Default.AgentStatus)!, DomainJson.Default.AgentStatus));
    }

    [Fact]
    public async Task Without_a_daemon_it_exits_3_and_says_where_it_looked()
    {
        using StoreOnDisk store = new();

        (int code, _, string error) = await Sslagent.RunAsync("status", "--state", store.Root);

        Assert.Equal(3, code);
        Assert.Contains($"no daemon is running on the state directory {store.Root}", error);
    }
}
