using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SslAgent.Domain;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Producing;
using SslAgent.Ingest.Texts;

namespace SslAgent.Ingest.Tests.Datasets;

/// <summary>Real files of every format, read as whoever pretrains or probes reads them.</summary>
public sealed class PictureSetsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sets-").FullName;
    private readonly VipsFrameCodec _codec = new(new FrameOptions { StoredSize = 32 });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_is_read_in_order_and_its_first_folders_are_the_labels()
    {
        WritePng("b/two.png", 20);
        WritePng("a/deep/one.png", 10);
        WritePng("top.png", 30);
        File.WriteAllText(Path.Combine(_folder, "a", "notes.txt"), "no picture");

        Picture[] pictures = [.. Require(_folder).Read()];

        Assert.Equal([("a", 10), ("b", 20), (null, 30)], pictures.Select(picture => (picture.Label, Shade(picture))));
        Assert.Equal(Require(_folder).Signature, Require(_folder).Signature);
        string before = Require(_folder).Signature;
        WritePng("c/three.png", 40);
        Assert.NotEqual(before, Require(_folder).Signature);
    }

    [Fact]
    public void A_list_has_a_file_a_line_with_words_or_without()
    {
        WritePng("x.png", 10);
        WritePng("y.png", 20);
        string list = Write("list.tsv", "x.png\tred, round\n\ny.png\n{\"file\": \"x.png\", \"label\": \"z\", \"caption\": \"a zebra\"}\n"u8);

        Assert.Equal([("red, round", 10), (null, 20), ("z", 10)], Require(list).Read().Select(picture => (picture.Label, Shade(picture))));
        Assert.Equal(["red, round", null, "a zebra"], Require(list).Read().Select(picture => picture.Caption));
    }

    [Fact]
    public async Task A_list_may_say_whose_a_picture_is_and_when_it_was_taken()
    {
        WritePng("x.png", 10);
        string list = Write("film.jsonl", "{\"file\": \"x.png\", \"source\": \"camera 2\", \"ts\": 1700000000123}\n{\"file\": \"x.png\"}\n"u8);
        var decoder = new MessageDecoder(new IngestOptions(), _codec, new TextCodec(new TextOptions()));
        Sample[] samples = [.. (await ReadAsync([list])).Select((message, i) => Decoded(decoder, message, i))];
        Assert.Equal([("camera 2", 1_700_000_000_123), ("film", 1_700_000_000_000)], samples.Select(sample => (sample.Source, sample.TimeMs)));
    }

    [Theory]
    [InlineData("x.png\tone\ngone.png\ttwo\n", "line 2: gone.png is not there")]
    [InlineData("{\"label\": \"z\"}\n", "line 1: no 'file'")]
    [InlineData("{\"file\": 5}\n", "line 1")]
    [InlineData("{\"file\": \"x.png\", \"ts\": 1.5}\n", "line 1")]
    [InlineData("\n", "names no picture")]
    public void A_list_that_cannot_be_read_says_the_line(string content, string says)
    {
        WritePng("x.png", 10);
        string list = Write("list.tsv", Encoding.UTF8.GetBytes(content));
        Assert.Contains(says, Assert.Throws<FormatException>(() => PictureSets.Open(list)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cifar_batches_are_planes_behind_a_label(bool isPacked)
    {
        byte[] records = [.. Record(1, 200, 100, 50), .. Record(0, 1, 2, 3)];
        Write("batches.meta.txt", "airplane\nautomobile\n"u8);
        WritePacked("data_batch_1.bin", records, isPacked);
        WritePacked("test_batch.bin", Record(7, 9, 9, 9), isPacked);

        Picture[] pictures = [.. Require(_folder).Read()];
        Assert.Equal(["automobile", "airplane"], pictures.Select(picture => picture.Label));
        Frame frame = Check.NotNull(pictures[0].Decode(_codec).Frame, "a record is a picture");
        Assert.Equal(new byte[] { 200, 100, 50 }, frame.Rgb[..3]);
        Assert.Equal("7", Assert.Single(Check.NotNull(PictureSets.OpenTest(_folder), "there is a test batch").Read()).Label);
    }

    [Fact]
    public void Cifar_of_a_broken_length_is_refused_with_the_length()
    {
        string file = Write("data_batch_1.bin", new byte[3072]);
        Assert.Contains("3072 bytes", Assert.Throws<FormatException>(() => Require(file).Read().ToList()).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idx_files_are_gray_pictures_with_labels_beside_them(bool isPacked)
    {
        WritePacked("train-images-idx3-ubyte", Idx(0x0803, [2, 2, 3], [10, 20, 30, 40, 50, 60, 1, 1, 1, 1, 1, 1]), isPacked);
        WritePacked("train-labels-idx1-ubyte", Idx(0x0801, [2], [9, 4]), isPacked);
        WritePacked("t10k-images-idx3-ubyte", Idx(0x0803, [1, 1, 1], [7]), isPacked);

        Picture[] pictures = [.. Require(_folder).Read()];
        Assert.Equal([("9", (3, 2)), ("4", (3, 2))], pictures.Select(picture => (picture.Label, picture.Size ?? default)));
        Assert.Equal(new byte[] { 10, 10, 10, 20, 20, 20 }, pictures[0].Data[..6].ToArray());
        Assert.Null(Assert.Single(Check.NotNull(PictureSets.OpenTest(_folder), "there are test files").Read()).Label);
    }

    [Fact]
    public void Idx_whose_header_says_more_than_there_is_is_refused()
    {
        string file = Write("train-images-idx3-ubyte", Idx(0x0803, [2, 2, 3], [1, 2, 3]));
        Assert.Contains("its header says 2 pictures of 3 x 2", Assert.Throws<FormatException>(() => Require(file).Read().ToList()).Message);
    }

    [Theory]
    [InlineData(0x0801, new[] { 1, 2, 3 }, 6, "begins with 0x00000801: an IDX file of its kind begins with 0x00000803")]
    [InlineData(0x0803, new[] { 1, 65536, 65536 }, 0, "its header says 1 pictures of 65536 x 65536")]
    [InlineData(0x0803, new[] { int.MaxValue, int.MaxValue, int.MaxValue }, 0, "has 16 bytes: its header says 2147483647 pictures")]
    [InlineData(0x0803, new[] { -1, 2, 3 }, 0, "its header says -1 pictures of 3 x 2")]
    [InlineData(0x0803, new[] { 1 }, 0, "has 8 bytes: the header of an IDX file of its kind has 16")]
    public void Idx_with_a_header_that_cannot_be_is_refused_with_what_it_says(int magic, int[] header, int bytes, string says)
    {
        string file = Write("train-images-idx3-ubyte", Idx(magic, header, new byte[bytes]));
        Assert.Contains(says, Assert.Throws<FormatException>(() => Require(file).Read().ToList()).Message);
    }

    [Fact]
    public void Idx_labels_that_are_not_as_many_as_the_pictures_are_refused()
    {
        string file = Write("train-images-idx3-ubyte", Idx(0x0803, [2, 1, 1], [1, 2]));
        Write("train-labels-idx1-ubyte", Idx(0x0801, [3], [1, 2, 3]));
        Assert.Contains("a label for each of the 2 pictures", Assert.Throws<FormatException>(() => Require(file).Read().ToList()).Message);
    }

    [Fact]
    public async Task What_is_read_becomes_messages_that_are_the_same_at_every_reading_and_tell_no_labels()
    {
        WritePng("set/cat/one.png", 10);
        WritePng("set/dog/two.png", 20);
        WritePng("p.png", 30);
        string list = Write("captions.tsv", "p.png\ta thirty\n"u8), lines = Write("app.log", "first\n\nsecond\n"u8);
        string[] paths = [Path.Combine(_folder, "set"), list, lines];

        OutgoingMessage[] messages = await ReadAsync(paths), again = await ReadAsync(paths);

        Assert.Equal(messages.Select(message => message.Value), again.Select(message => message.Value));
        Assert.Equal(5, messages.Length);
        var decoder = new MessageDecoder(new IngestOptions(), _codec, new TextCodec(new TextOptions()));
        Sample[] samples = [.. messages.Select((message, i) => Decoded(decoder, message, i))];
        Assert.Equal(["set", "set", "captions", "app.log", "app.log"], samples.Select(sample => sample.Source));
        Assert.DoesNotContain(messages, message => Encoding.UTF8.GetString(message.Value ?? []).Contains("cat\t", StringComparison.Ordinal));
        Assert.Contains("a thirty", Encoding.UTF8.GetString(messages[2].Value ?? []), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_there_it_says_so()
    {
        Assert.Throws<FileNotFoundException>(() => PictureSets.Open(Path.Combine(_folder, "nowhere")));
        Assert.Throws<FileNotFoundException>(() => PictureSets.Open(_folder));
        Assert.Null(PictureSets.Open(Write("app.log", "a line\n"u8)));
    }

    private static Sample Decoded(MessageDecoder decoder, OutgoingMessage message, int offset) => decoder.Decode(
        new Delivery(new SourceOffset("files", 0, 0, offset), 1_700_000_000_000, message.Key, message.Value, message.Headers)) is Intake.Accepted accepted
        ? accepted.Sample
        : throw new InvalidOperationException("a message was not accepted");

    private static async Task<OutgoingMessage[]> ReadAsync(string[] paths)
    {
        var messages = new List<OutgoingMessage>();
        await foreach (OutgoingMessage message in new DatasetMessages(paths, TimeProvider.System).Messages(TestContext.Current.CancellationToken)) messages.Add(message);
        return [.. messages];
    }

    private static IPictureSet Require(string path) => Check.NotNull(PictureSets.Open(path), "there are pictures");

    private int Shade(Picture picture) => Check.NotNull(picture.Decode(_codec).Frame, "a picture of the test can be decoded").Rgb[0];

    private static byte[] Record(byte label, byte red, byte green, byte blue) =>
        [label, .. Enumerable.Repeat(red, 1024), .. Enumerable.Repeat(green, 1024), .. Enumerable.Repeat(blue, 1024)];

    private static byte[] Idx(int magic, int[] header, byte[] content)
    {
        byte[] bytes = new byte[4 * (header.Length + 1)];
        foreach ((int at, int number) in header.Prepend(magic).Index()) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * at), number);
        return [.. bytes, .. content];
    }

    private void WritePng(string name, byte shade)
    {
        byte[] rgb = new byte[32 * 32 * Frame.Channels];
        Array.Fill(rgb, shade);
        Write(name, _codec.EncodePng(new Frame(32, 32, rgb)));
    }

    private void WritePacked(string name, byte[] content, bool isPacked)
    {
        if (!isPacked)
        {
            Write(name, content);
            return;
        }

        using var packed = new GZipStream(File.Create(Path.Combine(_folder, name + ".gz")), CompressionLevel.Fastest);
        packed.Write(content);
    }

    private string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Check.NotNull(Path.GetDirectoryName(path), "a file lies in a folder"));
        File.WriteAllBytes(path, content);
        return path;
    }
}
