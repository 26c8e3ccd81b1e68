using System.Text.Json;
using SslAgent.Commands;
using SslAgent.Tests.Commands.Support;

namespace SslAgent.Tests.Commands;

public sealed class ResumeCommandTests
{
    [Fact]
    public async Task It_goes_through_the_socket_with_its_reason()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (int code, string output, _) = await Sslagent.RunAsync("resume", "--reason", " the camera was replaced ", "--state", store.Root);
        (int json, string answer, _) = await Sslagent.RunAsync("resume", "--reason", "again", "--state", store.Root, "-o", "json");

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (code, json));
        Assert.Contains("training was paused", output);
        Assert.True(JsonDocument.Parse(answer).RootElement.GetProperty("wasPaused").GetBoolean());
        Assert.Equal(["the camera was replaced", "again"], daemon.Resumed.Select(request => request.Reason));
    }

    [Fact]
    public async Task Without_a_reason_nothing_is_done_and_what_is_refused_exits_3()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (int code, _, string error) = await Sslagent.RunAsync("resume", "--state", store.Root);
        (int refused, _, string why) = await Sslagent.RunAsync("resume", "--reason", "none", "--state", store.Root);

        Assert.Equal((ExitCode.Usage, ExitCode.Refused), (code, refused));
        Assert.Contains("--reason", error);
        Assert.Contains("nothing to resume from", why);
        Assert.Single(daemon.Resumed);
    }
}
