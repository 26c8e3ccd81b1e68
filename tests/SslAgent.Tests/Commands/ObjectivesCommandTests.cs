using System.Text.Json;
using SslAgent.Commands;
using SslAgent.Learning;

namespace SslAgent.Tests.Commands;

public sealed class ObjectivesCommandTests
{
    [Fact]
    public async Task The_list_names_every_objective_with_what_it_reads_and_is_for()
    {
        (int code, string output, _) = await Sslagent.RunAsync("objectives", "list");
        (int json, string answer, _) = await Sslagent.RunAsync("objectives", "list", "-o", "json");

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (code, json));
        Assert.All(ObjectiveCatalog.All, objective => Assert.Contains(objective.Name, output));
        JsonElement[] all = [.. JsonDocument.Parse(answer).RootElement.EnumerateArray()];
        Assert.Equal(ObjectiveCatalog.All.Select(objective => objective.Name), all.Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(["mae", "mlm", "clip"], all.Where(one => one.GetProperty("isStandard").GetBoolean()).Select(one => one.GetProperty("name").GetString()));
        Assert.All(all, one => Assert.NotEmpty(one.GetProperty("about").GetProperty("paper").GetString()!));
    }

    [Fact]
    public async Task One_is_shown_with_its_paper_and_how_to_use_it()
    {
        (int code, string output, _) = await Sslagent.RunAsync("objectives", "show", "simclr");
        (_, string json, _) = await Sslagent.RunAsync("objectives", "show", "simclr", "-o", "json");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("Chen et al.", output);
        Assert.Contains("{ \"name\": \"simclr\", \"weight\": 1 }", output);
        Assert.Equal((2, "frame"), (JsonDocument.Parse(json).RootElement.GetProperty("views").GetInt32(), JsonDocument.Parse(json).RootElement.GetProperty("reads").GetString()));
    }

    [Fact]
    public async Task One_that_learns_from_time_says_how_long_its_windows_are()
    {
        (_, string output, _) = await Sslagent.RunAsync("objectives", "show", "world-model");
        (_, string json, _) = await Sslagent.RunAsync("objectives", "show", "world-model", "-o", "json");

        Assert.Contains("in windows of 8 of one source in time", output);
        Assert.Equal(8, JsonDocument.Parse(json).RootElement.GetProperty("windowFrames").GetInt32());
    }

    [Fact]
    public async Task Its_knobs_are_shown_with_default_range_meaning_and_source()
    {
        (_, string output, _) = await Sslagent.RunAsync("objectives", "show", "swav");
        (_, string json, _) = await Sslagent.RunAsync("objectives", "show", "swav", "-o", "json");
        (_, string none, _) = await Sslagent.RunAsync("objectives", "show", "causal-lm");

        Assert.Contains("\"knobs\": { \"temperature\": 0.1 }", output);
        Assert.Contains("prototypes = 512, 2 to 65536, whole: prototypes that there are", output);
        Assert.Contains("default: 3,000 in the paper", output);
        Assert.DoesNotContain("knobs", none);
        JsonElement[] knobs = [.. JsonDocument.Parse(json).RootElement.GetProperty("knobs").EnumerateArray()];
        Assert.Equal(["temperature", "epsilon", "iterations", "prototypes", "queue"], knobs.Select(knob => knob.GetProperty("name").GetString()));
        Assert.Equal((0.05, 0.01, 1.0, false), (knobs[1].GetProperty("default").GetDouble(), knobs[1].GetProperty("min").GetDouble(), knobs[1].GetProperty("max").GetDouble(), knobs[1].GetProperty("isWhole").GetBoolean()));
        Assert.Contains("equation 3", knobs[1].GetProperty("source").GetString());
    }

    [Fact]
    public async Task An_unknown_name_exits_2_and_says_which_there_are()
    {
        (int code, _, string error) = await Sslagent.RunAsync("objectives", "show", "simcrl");

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("'simcrl'", error);
        Assert.Contains("simclr", error);
    }
}
