using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SslAgent.Commands;
using SslAgent.Demo;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Probing;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Pretraining and probing on CIFAR's and MNIST's files, whole and damaged, by the commands that a user types.</summary>
public sealed partial class PackedPretrainTests : IDisposable
{
    private const int Pictures = 48, Batch = 16;

    private readonly PretrainPlace _place = new();

    private static EmojiPair[] Emoji { get; } = [.. PackedPictures.Emoji.Take(Pictures)];

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("cifar")]
    [InlineData("mnist")]
    [InlineData("mnist.gz")]
    public async Task Every_picture_is_learned_from_and_labels_make_no_difference(string format)
    {
        foreach (bool isLabelled in (bool[])[true, false])
        {
            string state = isLabelled ? "labelled" : "unlabelled";
            string output = await _place.PretrainAsync(state, Write(format, state, isLabelled), "--stage", "mae:1");

            Match read = ReadLine().Match(output);
            Assert.True(read.Success, output);
            int frames = Number(read, "frames");
            Assert.Equal((Pictures, Pictures), (Number(read, "read"), frames + Number(read, "held")));
            Assert.Equal(Pictures, await _place.AdmittedAsync(state));
            VersionManifest version = Assert.Single(_place.Versions(state));
            Assert.Equal((frames + Batch - 1) / Batch, version.StepsDone);
            Assert.Contains($"done: {version.Version} is served", output, StringComparison.Ordinal);
        }

        Assert.Equal(_place.Versions("labelled")[0].WeightsDigest, _place.Versions("unlabelled")[0].WeightsDigest);
    }

    [Theory]
    [InlineData("data_batch_2.bin", "has 73652 bytes: no whole number of CIFAR records")]
    [InlineData("data_batch_2.bin.gz", "data_batch_2.bin.gz is no whole gzip file")]
    [InlineData("train-images-idx3-ubyte", "begins with 0x00000801: an IDX file of its kind begins with 0x00000803")]
    [InlineData("train-images-idx3-ubyte.gz", "has 37615 bytes: its header says 48 pictures of 28 x 28")]
    public async Task A_damaged_file_is_told_and_when_it_is_mended_each_picture_is_learned_from_once(string file, string says)
    {
        bool isCifar = file.StartsWith("data", StringComparison.Ordinal), isPacked = file.EndsWith(".gz", StringComparison.Ordinal);
        EmojiPair[] first = Emoji[..(Pictures / 2)], second = Emoji[(Pictures / 2)..];
        byte[] bare = isCifar ? PackedPictures.Cifar(second, PackedPictures.ClassOf) : PackedPictures.IdxImages(Emoji);
        byte[] whole = isPacked ? PackedPictures.Gzip(bare) : bare;
        byte[] damaged = (isCifar, isPacked) switch
        {
            (true, false) => bare[..^100],
            (true, true) => whole[..(whole.Length / 2)],
            (false, false) => [.. bare.Take(3), 0x01, .. bare.Skip(4)],
            (false, true) => PackedPictures.Gzip(bare[..^33]),
        };
        if (isCifar) _place.Write("set/data_batch_1.bin", PackedPictures.Cifar(first, PackedPictures.ClassOf));
        string folder = Path.GetDirectoryName(_place.Write($"set/{file}", damaged)) ?? "";

        (int code, string output, string error) = await _place.TypeAsync("pretrain", "state", folder, "--stage", "mae:1");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("this should not have happened", error + output, StringComparison.Ordinal);
        Assert.Empty(_place.Versions("state"));

        _place.Write($"set/{file}", whole);
        await _place.PretrainAsync("state", folder, "--stage", "mae:1");
        Assert.Equal(Pictures, await _place.AdmittedAsync("state"));
        Assert.Single(_place.Versions("state"));
    }

    [Fact]
    public async Task A_probe_says_the_same_in_its_table_its_json_and_its_picture()
    {
        const int asked = 20;
        string folder = Write("cifar", "probed", isLabelled: true);
        _place.Write("probed/set/test_batch.bin", PackedPictures.Cifar(PackedPictures.Emoji.Skip(Pictures).Take(asked), PackedPictures.ClassOf));
        _place.Write("probed/set/batches.meta.txt", "food\nflags\n"u8.ToArray());
        await _place.PretrainAsync("state", folder, "--stage", "mae:1");
        string json = Path.Combine(_place.Root, "probe.json"), png = Path.Combine(_place.Root, "probe.png");

        (int code, string output, string error) = await _place.TypeAsync("probe", "state", folder, "--fine-tune", "2", "--shots", "1", "4", "--json", json, "--picture", png);

        Assert.True(code == ExitCode.Ok, error);
        ProbeResult result = Check.NotNull(JsonSerializer.Deserialize(await File.ReadAllBytesAsync(json, _place.Limit), ProbeJson.Default.ProbeResult), "the file has figures");
        Assert.Equal(("set", "v1", 2, Pictures, asked, 0), (result.Data, result.Version, result.Classes, result.Train, result.Test, result.Refused));
        Assert.Equal([1, 4], result.FewShot.Select(shot => shot.Shots));
        string linear = result.Features.Linear.ToString("P1", CultureInfo.InvariantCulture);
        Assert.Matches($@"(?m)^linear probe\s+{Regex.Escape(linear)}\s", output);
        using StringWriter table = new();
        ProbeTable.Write(table, result);
        Assert.Equal(table.ToString(), output);
        Assert.Equal(new VipsFrameCodec(new FrameOptions()).EncodePng(ProbeTable.Draw(result).ToFrame()), await File.ReadAllBytesAsync(png, _place.Limit));
    }

    [GeneratedRegex(@"(?<read>\d+) read: (?<frames>\d+) frames, 0 texts and 0 pairs to train on, (?<held>\d+) held out, 0 rejected", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ReadLine();

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    /// <summary>The set in a folder of its own, by the same name; CIFAR's unlabelled records have labels that mean nothing.</summary>
    private string Write(string format, string parent, bool isLabelled)
    {
        string folder = Path.Combine(_place.Root, parent, "set");
        if (format == "cifar")
        {
            _place.Write($"{parent}/set/data_batch_1.bin", PackedPictures.Cifar(Emoji, isLabelled ? PackedPictures.ClassOf : one => (byte)(255 - one.Index % 97)));
            return folder;
        }

        string ending = format == "mnist.gz" ? ".gz" : "";
        byte[] Packed(byte[] bytes) => ending.Length > 0 ? PackedPictures.Gzip(bytes) : bytes;
        _place.Write($"{parent}/set/train-images-idx3-ubyte{ending}", Packed(PackedPictures.IdxImages(Emoji)));
        if (isLabelled) _place.Write($"{parent}/set/train-labels-idx1-ubyte{ending}", Packed(PackedPictures.IdxLabels(Emoji)));
        return folder;
    }
}
