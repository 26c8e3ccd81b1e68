using System.Text.Json;
using SslAgent.Commands;
using SslAgent.Domain;
using SslAgent.Tests.Commands.Support;

namespace SslAgent.Tests.Commands;

public sealed class RollbackCommandTests
{
    [Fact]
    public async Task With_a_daemon_it_says_the_effect_first_and_then_goes_through_the_socket()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (int code, string output, string error) = await Sslagent.RunAsync(
            "checkpoints", "rollback", "v1", "--reason", "camera 3 was broken", "--replay", "keep", "--state", store.Root);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("123 samples leave the buffer", error);
        Assert.Contains("v4 is v1 anew", output);
        Assert.Contains("checkpoints rollback v2", output);
        Assert.Equal([true, false], daemon.Orders.Select(order => order.DryRun));
        Assert.Equal((new ModelVersion(1), ReplayRollback.Keep, "camera 3 was broken"), (daemon.Orders[1].To, daemon.Orders[1].Replay, daemon.Orders[1].Reason));
    }

    [Theory]
    [InlineData("keep", "keep", "the replay buffer was not touched")]
    [InlineData("drop-since", "rewind", "with --replay keep only the weights: what left the buffer stays out of it")]
    [InlineData("rewind", "rewind", "the replay buffer of then")]
    public async Task It_says_how_to_undo_it_and_what_that_gives_back(string replay, string undo, string says)
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (_, string output, _) = await Sslagent.RunAsync("checkpoints", "rollback", "v1", "--reason", "r", "--replay", replay, "--state", store.Root);

        Assert.Contains($"to undo it: sslagent checkpoints rollback v2 --replay {undo} --reason", output);
        Assert.Contains(says, output);
        Assert.DoesNotContain("--deny", output);
    }

    [Fact]
    public async Task A_denied_stretch_is_said_to_be_denied_for_good_before_and_after()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (_, string help, _) = await Sslagent.RunAsync("checkpoints", "rollback", "--help");
        (_, string output, _) = await Sslagent.RunAsync("checkpoints", "rollback", "v1", "--reason", "r", "--replay", "rewind", "--deny", "frames/0/3-9", "--state", store.Root);

        Assert.Contains("no command takes it back", string.Join(' ', help.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains("what --deny named stays denied, whatever is undone", output);
    }

    [Fact]
    public async Task Without_a_reason_it_only_says_what_it_would_do()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (int code, _, string error) = await Sslagent.RunAsync("checkpoints", "rollback", "v1", "--state", store.Root);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("123 samples leave the buffer", error);
        Assert.Contains("--reason", error);
        Assert.True(Assert.Single(daemon.Orders).DryRun);
    }

    [Fact]
    public async Task A_dry_run_answers_with_the_effect_and_changes_nothing()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (int code, string output, _) = await Sslagent.RunAsync(
            "checkpoints", "rollback", "SERVING", "--dry-run", "--replay", "rewind", "--deny", "frames/0/3-9", "--deny", "logs/1/0-0", "--state", store.Root, "-o", "json");

        Assert.Equal(ExitCode.Ok, code);
        JsonElement effect = JsonDocument.Parse(output).RootElement;
        Assert.Equal(JsonValueKind.Null, effect.GetProperty("published").ValueKind);
        Assert.Equal("v1", effect.GetProperty("to").GetString());
        RollbackRequest order = Assert.Single(daemon.Orders);
        Assert.True(order.DryRun);
        Assert.Equal([new DeniedRange("frames", 0, 3, 9), new DeniedRange("logs", 1, 0, 0)], order.Denied);
    }

    [Fact]
    public async Task A_held_version_is_accepted_through_the_socket_with_the_effect_said_first_and_how_to_undo_it()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (int silent, _, string asked) = await Sslagent.RunAsync("checkpoints", "accept", "v2", "--state", store.Root);
        (int code, string output, string error) = await Sslagent.RunAsync("checkpoints", "accept", "v2", "--reason", "a new camera", "--state", store.Root);

        Assert.Equal((ExitCode.Usage, ExitCode.Ok), (silent, code));
        Assert.Contains("say why with --reason", asked);
        Assert.Contains("samples leave the buffer", error);
        Assert.Contains("v4 is v2 anew, promoted and served", output);
        Assert.Contains("to undo it: sslagent checkpoints rollback v2 --replay keep", output);
        Assert.Equal([true, true, false], daemon.Orders.Select(order => order.DryRun));
        Assert.All(daemon.Orders, order => Assert.Equal((new ModelVersion(2), ReplayRollback.Keep, true), (order.To, order.Replay, order.Accept)));
        Assert.Equal("a new camera", daemon.Orders[2].Reason);
    }

    [Fact]
    public async Task A_daemon_of_an_earlier_release_is_not_ordered_to_accept_since_it_would_only_roll_back()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);
        daemon.CanAccept = false;

        (int code, _, string error) = await Sslagent.RunAsync("checkpoints", "accept", "v2", "--reason", "a new camera", "--state", store.Root);

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains("nothing was done", error);
        Assert.True(Assert.Single(daemon.Orders).DryRun);
    }

    [Fact]
    public async Task What_the_daemon_refuses_exits_3_with_its_reason()
    {
        using StoreOnDisk store = new();
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(store.Root);

        (int code, _, string error) = await Sslagent.RunAsync("checkpoints", "rollback", "v3", "--reason", "r", "--state", store.Root);

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains("v3 was rejected", error);
    }
}
