using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Producing;
using SslAgent.Ingest.Tests.Decoding;
using SslAgent.Ingest.Tests.Frames;
using SslAgent.Ingest.Tests.Kafka;

namespace SslAgent.Ingest.Tests.Producing;

public sealed class ProducerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sslagent-produce-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_of_pictures_arrives_as_frames_of_its_folders()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "door"));
        File.WriteAllBytes(Path.Combine(_folder, "door", "b.jpg"), Pictures.Jpeg(80, 60));
        File.WriteAllBytes(Path.Combine(_folder, "door", "a.png"), Pictures.Encode(Pictures.Gradient(10, 10), 10, 10, ".png"));
        File.WriteAllText(Path.Combine(_folder, "door", "notes.txt"), "no picture");
        Sample[] samples = await SendAsync(new FrameFolder(_folder, TestStream.Topic, null, TimeProvider.System), 2);
        Assert.All(samples, sample => Assert.Equal(("door", Modality.Frame), (sample.Source, sample.Modality)));
        Assert.Equal(["a.png", "b.jpg"], samples.Select(sample => Path.GetFileName(sample.Id)));
    }

    [Fact]
    public async Task A_folder_without_pictures_says_so() =>
        await Assert.ThrowsAsync<FileNotFoundException>(() => SendAsync(new FrameFolder(_folder, TestStream.Topic, null, TimeProvider.System), 0));

    [Fact]
    public async Task A_log_files_lines_arrive_as_texts_of_the_file()
    {
        string file = Path.Combine(_folder, "app.log");
        File.WriteAllText(file, "first\r\n\nsecond\nlast without an end");
        Sample[] samples = await SendAsync(new LogFile(file, TestStream.Topic, null, TimeProvider.System), 3);
        Assert.Equal(["first", "second", "last without an end"], samples.Select(sample => sample.Text?.ToString()));
        Assert.All(samples, sample => Assert.Equal("app.log", sample.Source));
    }

    [Fact]
    public async Task A_followed_file_is_read_on_through_truncation()
    {
        string file = Path.Combine(_folder, "app.log");
        File.WriteAllText(file, "one\ntwo\n");
        using var stop = new CancellationTokenSource(TestStream.Patience);
        await using IAsyncEnumerator<OutgoingMessage> lines = Followed(file, stop.Token);
        Assert.Equal(["one", "two"], [await NextAsync(lines), await NextAsync(lines)]);
        File.AppendAllText(file, "thr");
        File.AppendAllText(file, "ee\n");
        Assert.Equal("three", await NextAsync(lines));
        File.WriteAllText(file, "new\n");
        Assert.Equal("new", await NextAsync(lines));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await lines.MoveNextAsync());
    }

    [Fact]
    public async Task A_followed_file_is_read_on_through_a_rotation_to_one_that_is_no_shorter()
    {
        string file = Path.Combine(_folder, "app.log");
        File.WriteAllText(file, "one\n");
        using var stop = new CancellationTokenSource(TestStream.Patience);
        await using IAsyncEnumerator<OutgoingMessage> lines = Followed(file, stop.Token);
        Assert.Equal("one", await NextAsync(lines));
        File.AppendAllText(file, "two\n");
        File.Move(file, file + ".1");
        File.WriteAllText(file, "three\nfour\nfive\n");
        Assert.Equal(["two", "three", "four", "five"], [await NextAsync(lines), await NextAsync(lines), await NextAsync(lines), await NextAsync(lines)]);
        await stop.CancelAsync();
    }

    [Theory]
    [InlineData("list.tsv", "one.jpg\ta red square\n")]
    [InlineData("list.jsonl", "{\"file\":\"one.jpg\",\"caption\":\"a red square\",\"source\":\"list\"}\n")]
    public async Task A_list_of_pairs_arrives_as_captioned_frames_or_as_halves(string name, string content)
    {
        File.WriteAllBytes(Path.Combine(_folder, "one.jpg"), Pictures.Jpeg(64, 64));
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        Sample whole = Assert.Single(await SendAsync(new PairList(file, TestStream.Topic, null, TimeProvider.System), 1));
        Assert.Equal((Modality.Pair, "a red square", "list"), (whole.Modality, whole.Text?.ToString(), whole.Source));

        Sample[] halves = await SendAsync(new PairList(file, TestStream.Topic, null, TimeProvider.System) { SplitHalves = true }, 2);
        Assert.Equal([Modality.Frame, Modality.Text], halves.Select(half => half.Modality));
        Assert.NotNull(halves[0].PairKey);
        Assert.Equal(halves[0].PairKey, halves[1].PairKey);
    }

    [Fact]
    public async Task A_bad_list_names_the_line()
    {
        string file = Path.Combine(_folder, "list.tsv");
        File.WriteAllText(file, "\nno tab here\n");
        FormatException wrong = await Assert.ThrowsAsync<FormatException>(() => SendAsync(new PairList(file, TestStream.Topic, null, TimeProvider.System), 0));
        Assert.Contains("line 2", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sending_stops_at_once_when_cancelled_and_keeps_count()
    {
        using var stream = new TestStream();
        using var producer = new MessageProducer(stream.Options, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => producer.SendAsync(Endless(stop), perSecond: 10_000, null, stop.Token));
        Assert.Equal(30, producer.Progress.Sent);
    }

    [Fact]
    public void The_pace_makes_up_for_a_stall()
    {
        var clock = new ManualClock();
        var pace = new Pace(10, clock);
        Assert.Null(pace.Wait());
        Assert.Equal(TimeSpan.FromMilliseconds(100), pace.Wait());
        clock.Advance(TimeSpan.FromMilliseconds(450));
        Assert.Null(pace.Wait());
        Assert.Null(pace.Wait());
        Assert.Null(pace.Wait());
        Assert.Equal(TimeSpan.FromMilliseconds(50), pace.Wait());
    }

    private static IAsyncEnumerator<OutgoingMessage> Followed(string file, CancellationToken stop) =>
        new LogFile(file, "t", "s", TimeProvider.System) { Follow = true }.Messages(stop).GetAsyncEnumerator(stop);

    private static async Task<string> NextAsync(IAsyncEnumerator<OutgoingMessage> lines)
    {
        Assert.True(await lines.MoveNextAsync());
        return Encoding.UTF8.GetString(lines.Current.Value ?? []);
    }

    private static async IAsyncEnumerable<OutgoingMessage> Endless(CancellationTokenSource stop)
    {
        for (int i = 0; ; i++)
        {
            if (i == 30) await stop.CancelAsync();
            yield return new OutgoingMessage(TestStream.Topic, null, [1], []);
        }
    }

    private static async Task<Sample[]> SendAsync(IMessageSource source, int count)
    {
        using var stream = new TestStream();
        using var producer = new MessageProducer(stream.Options, TimeProvider.System, NullLogger<MessageProducer>.Instance);
        ProduceProgress progress = await producer.SendAsync(source.Messages(CancellationToken.None), null, null, CancellationToken.None);
        Assert.Equal((count, count, 0), (progress.Sent, progress.Acknowledged, progress.Failed));
        MessageDecoder decoder = Deliveries.Decoder();
        return
        [
            .. TestStream.TakeMessages(stream.NewReader(), count).OfType<StreamEvent.Delivered>()
                .Select(delivered => Assert.IsType<Intake.Accepted>(decoder.Decode(delivered.Delivery)).Sample),
        ];
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
