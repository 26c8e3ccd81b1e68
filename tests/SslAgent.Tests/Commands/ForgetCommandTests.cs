using System.Text.Json;
using SslAgent.Commands;
using SslAgent.Domain;
using SslAgent.Tests.Commands.Support;

namespace SslAgent.Tests.Commands;

/// <summary><c>replay forget</c> through the control socket. What it does to a state is tested over a real agent, in the end-to-end tests.</summary>
public sealed class ForgetCommandTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("forget-").FullName;
    private FakeDaemon? _daemon;

    private FakeDaemon Daemon => _daemon ?? throw new InvalidOperationException("the daemon was started before");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_root, "journal"));
        _daemon = await FakeDaemon.StartAsync(_root);
    }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_source_goes_after_its_effect_was_told_and_what_learned_from_it_is_named()
    {
        (int code, string output, string error) = await RunAsync("--source", "host-1", "--reason", " consent withdrawn ");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("34 samples leave the journal", error);
        Assert.Contains("v4 goes on without them: 12 samples left the replay buffer and the sentinels, 34 the journal", output);
        Assert.Contains("not un-learned by this: v1, v2", output);
        Assert.Contains("rollback to a version before v1", output);
        Assert.DoesNotContain("NOT DONE", output);
        Assert.Equal(
            [new ForgetRequest("host-1", null, "consent withdrawn", DryRun: true), new ForgetRequest("host-1", null, "consent withdrawn", DryRun: false)], Daemon.Forgotten);
    }

    [Theory]
    [InlineData("30d", 30 * 24 * 3600)]
    [InlineData("12h", 12 * 3600)]
    [InlineData("90min", 90 * 60)]
    [InlineData("00:00:30", 30)]
    public async Task An_age_is_counted_back_from_now_and_once(string age, int seconds)
    {
        long earliest = NowMs(seconds);
        (int code, string output, string error) = await RunAsync("--older-than", age, "--reason", "too old");
        long latest = NowMs(seconds);

        Assert.True(code == ExitCode.Ok, output + error);
        Assert.All(Daemon.Forgotten, order => Assert.Null(order.Source));
        Assert.Equal([true, false], Daemon.Forgotten.Select(order => order.DryRun));
        Assert.InRange(Daemon.Forgotten[0].BeforeMs!.Value, earliest, latest);
        Assert.Equal(Daemon.Forgotten[0].BeforeMs, Daemon.Forgotten[1].BeforeMs);
    }

    [Fact]
    public async Task A_source_and_an_age_together_are_one_order()
    {
        long earliest = NowMs(3600);
        (int code, _, _) = await RunAsync("--source", "camera-1", "--older-than", "1h", "--reason", "both");

        Assert.Equal(ExitCode.Ok, code);
        ForgetRequest order = Daemon.Forgotten[1];
        Assert.Equal(("camera-1", "both", false), (order.Source, order.Reason, order.DryRun));
        Assert.InRange(order.BeforeMs!.Value, earliest, NowMs(3600));
    }

    [Fact]
    public async Task Without_a_reason_it_only_says_what_it_would_do()
    {
        (int code, string output, string error) = await RunAsync("--source", "host-1");

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("34 samples leave the journal", error);
        Assert.Contains("nothing was done: say why with --reason", error);
        Assert.Empty(output);
        Assert.True(Assert.Single(Daemon.Forgotten).DryRun);
    }

    [Fact]
    public async Task A_dry_run_answers_with_the_effect_and_orders_nothing()
    {
        (int code, string output, _) = await RunAsync("--source", "host-1", "--dry-run", "-o", "json");
        (int words, string page, _) = await RunAsync("--source", "host-1", "--dry-run", "--reason", "a look");

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (code, words));
        JsonElement effect = JsonDocument.Parse(output).RootElement;
        Assert.Equal(JsonValueKind.Null, effect.GetProperty("published").ValueKind);
        Assert.Equal((12, 34), (effect.GetProperty("samplesInUse").GetInt32(), effect.GetProperty("samplesInJournal").GetInt32()));
        Assert.Equal("34 samples leave the journal", page.Trim());
        Assert.Equal([true, true], Daemon.Forgotten.Select(order => order.DryRun));
    }

    [Theory]
    [InlineData]
    [InlineData("-o", "json")]
    public async Task What_is_left_on_the_disk_exits_1_and_is_told(params string[] format)
    {
        (int code, string output, _) = await RunAsync(["--source", "stuck", "--reason", "r", .. format]);

        Assert.Equal(ExitCode.Failed, code);
        if (format.Length > 0) Assert.Equal("2 journal segments still hold some of them", JsonDocument.Parse(output).RootElement.GetProperty("left").GetString());
        else Assert.Contains("NOT DONE: 2 journal segments still hold some of them", output);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "say what to forget", "--reason", "all of it")]
    [InlineData(ExitCode.Usage, "write an age such as 30d", "--older-than", "yesterday")]
    [InlineData(ExitCode.Usage, "write an age such as 30d", "--older-than", "30")]
    [InlineData(ExitCode.Refused, "there is no version yet", "--source", "nobody", "--reason", "r")]
    public async Task What_cannot_be_forgotten_is_refused_with_the_reason(int expected, string says, params string[] args)
    {
        (int code, _, string error) = await RunAsync(args);

        Assert.Equal(expected, code);
        Assert.Contains(says, error);
        Assert.DoesNotContain(Daemon.Forgotten, order => !order.DryRun);
    }

    private static long NowMs(int secondsAgo) => (TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(secondsAgo)).ToUnixTimeMilliseconds();

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => Sslagent.RunAsync(["replay", "forget", "--state", _root, .. args]);
}
