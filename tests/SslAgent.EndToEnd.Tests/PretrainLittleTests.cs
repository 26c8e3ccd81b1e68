using System.Text;
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
