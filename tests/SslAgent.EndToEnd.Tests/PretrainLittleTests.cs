using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SslAgent.Commands;
using SslAgent.Demo;
using SslAgent.Domain;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Pretraining on hardly anything: what is there is learned from, and where that is too little the command ends and says so.</summary>
public sealed class PretrainLittleTests : IDisposable
{
    private readonly PretrainPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_few_lines_make_a_tokenizer_since_no_more_come_to_wait_for()
    {
        IEnumerable<string> lines = File.ReadLines(Path.Combine(AssetsFolder.Logs, "dpkg.log")).Take(60);
        string log = _place.Write("app.log", Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        await _place.PretrainAsync("state", log, "--stage", "mlm:1");
        VersionManifest version = Assert.Single(_place.Versions("state"));
        Assert.InRange(version.StepsDone, 2, 4);
        Assert.True(version.Probe.Eras.Count > 0, "held-out lines were asked about");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_more_epochs_it_goes_on_for_so_many_more_and_no_step_further(bool inLives)
    {
        // 4 steps of 16 pictures an epoch, and as many a version at most.
        string pictures = _place.Write("data_batch_1.bin", PackedPictures.Cifar(PackedPictures.Emoji.Take(72), PackedPictures.ClassOf));
        string shorter = await _place.PretrainAsync("state", pictures, "--stage", "mae:1.3");
        int steps = _place.Versions("state").Sum(version => version.StepsDone);
        if (inLives) await _place.PretrainInLivesAsync("state", pictures, "--stage", "mae:3");
        else await _place.PretrainAsync("state", pictures, "--stage", "mae:3");

        int[] each = [.. _place.Versions("state").Reverse().Select(version => version.StepsDone)];
        Assert.Contains($"{steps:N0} steps", shorter, StringComparison.Ordinal);
        Assert.Equal(Planned(await _place.PretrainAsync("state", pictures, "--stage", "mae:3")), each.Sum());
        Assert.All(each, own => Assert.InRange(own, 1, 4));

        static int Planned(string output) => int.Parse(Regex.Match(output, @"epochs, ([\d,]+) steps").Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Pictures_alone_leave_the_tokenizer_to_the_text_that_comes_later()
    {
        string pictures = _place.Write("data_batch_1.bin", PackedPictures.Cifar(PackedPictures.Emoji.Take(20), PackedPictures.ClassOf));
        string log = _place.Write("app.log", "a single line\nand another\n"u8.ToArray());
        await _place.PretrainAsync("state", pictures, log, "--stage", "mae:1");
        Assert.DoesNotContain(Assert.Single(_place.Versions("state")).Files, file => file.Name == "tokenizer.json");
    }

    [Fact]
    public async Task A_stage_in_which_nothing_has_a_turn_ends_the_command_and_says_what_is_lacking()
    {
        string pictures = _place.Write("data_batch_1.bin", PackedPictures.Cifar(PackedPictures.Emoji.Take(5), PackedPictures.ClassOf));
        (int code, string output, string error) = await _place.TypeAsync("pretrain", "state", pictures, "--stage", "tcn:1");
        Assert.True(code == ExitCode.Usage, output + error);
        Assert.Contains("stage 1 (tcn) has nothing to learn from: tcn needs", error, StringComparison.Ordinal);
    }
}
