using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Bench;

/// <summary>
/// The replay room on the real disk: admission of texts and frames with fsync, recovery of the journal written, and drawing batches from
/// a buffer of
/// <c>--entries</c> texts. CPU seconds are the process's own.
/// </summary>
internal static class ReplayBench
{
    private const int BatchCount = 256, Draws = 200, FrameSide = 64;

    private static readonly CompositeFormat LineFormat =
        CompositeFormat.Parse("sshd[{0}]: Failed password for invalid user u{1} from 10.0.{2}.{3} port {4} ssh2");

    public static int Run(Dictionary<string, string> arguments)
    {
        int entries = int.Parse(arguments.GetValueOrDefault("entries", "1000000"), CultureInfo.InvariantCulture);
        int frames = int.Parse(arguments.GetValueOrDefault("frames", "40000"), CultureInfo.InvariantCulture);
        string directory = Directory.CreateTempSubdirectory("replay-bench-").FullName;
        try
        {
            Crc();
            Texts(Path.Combine(directory, "texts"), entries);
            Frames(Path.Combine(directory, "frames"), frames);
            Gigabyte(Path.Combine(directory, "gigabyte"));
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Crc()
    {
        byte[] bytes = new byte[256 << 20];
        Crc32C.Compute(bytes);
        long began = Stopwatch.GetTimestamp();
        uint checksum = Crc32C.Compute(bytes);
        Print("crc32c", new { gigabytesPerSecond = bytes.Length / 1e9 / Stopwatch.GetElapsedTime(began).TotalSeconds, checksum });
    }

    private static void Texts(string directory, int entries)
    {
        ReplayOptions options = new() { TextsMax = entries, FreshMax = entries / 10, SentinelOneIn = 0 };
        using (ReplayLedger ledger = Open(directory, options))
        {
            Admit(ledger, "admit texts", entries, i => new Sample(
                new SourceOffset("logs", 0, 0, i), "host", i, null, null, null, new Text(Line(i))));
            Draw(ledger, Modality.Text);
        }

        Recover(directory, options, "recover texts");
    }

    private static void Frames(string directory, int frames)
    {
        ReplayOptions options = new() { FramesMax = frames, SentinelOneIn = 0 };
        byte[] rgb = new byte[FrameSide * FrameSide * Frame.Channels];
        using (ReplayLedger ledger = Open(directory, options))
        {
            Admit(ledger, "admit frames", frames, i => new Sample(
                new SourceOffset("frames", 0, 0, i), "camera", i, null, null, new Frame(FrameSide, FrameSide, rgb), null));
            Draw(ledger, Modality.Frame);
        }

        Recover(directory, options, "recover frames");
    }

    /// <summary>A gigabyte as a start finds it at the worst: no version to stand on, small lines and frames in turn, the default limits.</summary>
    private static void Gigabyte(string directory)
    {
        const int Samples = 3_600_000, OneFrameIn = 90;
        ReplayOptions options = new();
        byte[] rgb = new byte[FrameSide * FrameSide * Frame.Channels];
        using (ReplayLedger ledger = Open(directory, options))
        {
            Admit(ledger, "admit a gigabyte", Samples, i => new Sample(
                new SourceOffset("stream", 0, 0, i), "host", i, null, null, i % OneFrameIn == 0 ? new Frame(FrameSide, FrameSide, Numbered(rgb, i)) : null,
                i % OneFrameIn == 0 ? null : new Text(Line(i))));
        }

        Recover(directory, options, "recover a gigabyte");
    }

    /// <summary>A picture of its own, so that none is the twin of a sentinel.</summary>
    private static byte[] Numbered(byte[] rgb, int number)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(rgb, number);
        return rgb;
    }

    private static ReplayLedger Open(string directory, ReplayOptions options) =>
        ReplayLedger.Open(new ReplayPlace(LocalDisk.Instance, directory, 1, TimeProvider.System), options, null, NullLogger.Instance);

    private static void Admit(ReplayLedger ledger, string what, int count, Func<int, Sample> sample)
    {
        long began = Stopwatch.GetTimestamp();
        TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        for (int i = 0; i < count; i++)
        {
            ledger.Admit(new Intake.Accepted(sample(i)));
            if (i % 64 == 0 && ledger.SyncDueIn == TimeSpan.Zero) ledger.Sync();
        }

        ledger.Sync();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalSeconds;
        double megabytes = ledger.Stats().JournalBytes / 1e6;
        Print(what, new { count, seconds, cpu, perCpuSecond = count / cpu, megabytes, megabytesPerSecond = megabytes / seconds });
    }

    private static void Draw(ReplayLedger ledger, Modality modality)
    {
        long began = Stopwatch.GetTimestamp();
        TrainingView view = ledger.View(
            ledger.StartCycle(new JournalRecord.CycleStarted(new CycleNumber(1), "{}", "bench", "bench")), 0.5);
        double freezeMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        for (int step = 0; step < Draws; step++) view.Draw(modality, BatchCount, Key(step));
        began = Stopwatch.GetTimestamp();
        for (int step = 0; step < Draws; step++) view.Draw(modality, BatchCount, Key(step));
        double withContentMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds / Draws;
        began = Stopwatch.GetTimestamp();
        for (int step = 0; step < Draws; step++) view.Choose(modality, BatchCount, Key(step));
        double chooseMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds / Draws;
        Print($"draw {modality}", new { available = view.Available.Of(modality), batch = BatchCount, freezeMs, chooseMs, withContentMs });
    }

    private static void Recover(string directory, ReplayOptions options, string what)
    {
        long began = Stopwatch.GetTimestamp();
        TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        using ReplayLedger ledger = Open(directory, options);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalSeconds;
        double gigabytes = ledger.Recovery.JournalBytes / 1e9;
        Print(what, new
        {
            records = ledger.Recovery.RecordsFolded, gigabytes, seconds, cpu, secondsPerGigabyte = seconds / gigabytes, cpuPerGigabyte = cpu / gigabytes,
        });
    }

    private static DrawKey Key(int step) => new(1, 1, step, ChanceStream.Sampling);

    private static byte[] Line(int i) =>
        Encoding.UTF8.GetBytes(string.Format(
            CultureInfo.InvariantCulture, LineFormat, 1000 + i % 9000, i % 777, i % 251, i % 199, 1024 + i % 60000));

    private static void Print(string what, object figures) =>
        Console.WriteLine(JsonSerializer.Serialize(new { what, figures }));
}
