using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Texts;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Bench;

/// <summary>
/// From Kafka into the journal as the daemon does it (poll thread, decoding, admission, group commit, offsets), in CPU seconds of this process with
/// all threads of the Kafka client; broker and producer run in another one. Beside it what libvips alone decodes per CPU second.
/// </summary>
internal static class IngestBench
{
    private const int Side = 64, TakeMax = 256;

    public static int Run(Dictionary<string, string> arguments)
    {
        double seconds = double.Parse(arguments.GetValueOrDefault("seconds", "4"), CultureInfo.InvariantCulture);
        var frames = new VipsFrameCodec(new FrameOptions { StoredSize = Side });
        var alone = new Dictionary<string, double>
        {
            ["frames64"] = Alone("thumbnail 64x64", IngestContents.Of("frames64"), picture => VipsAlone.Thumbnail(picture, Side), seconds),
            ["frames640"] = Alone("thumbnail 640x480", IngestContents.Of("frames640"), picture => VipsAlone.Thumbnail(picture, Side), seconds),
        };
        alone["frames64"] = Math.Max(alone["frames64"], Alone("load 64x64", IngestContents.Of("frames64"), VipsAlone.Load, seconds));
        Alone("agent's codec 64x64", IngestContents.Of("frames64"), picture => frames.Decode(picture), seconds);
        Alone("agent's codec 640x480", IngestContents.Of("frames640"), picture => frames.Decode(picture), seconds);
        string directory = Directory.CreateTempSubdirectory("ingest-bench-").FullName;
        try
        {
            foreach (string kind in (string[])["text", "frames64", "frames640"]) Ingest(kind, Path.Combine(directory, kind), frames, alone, seconds);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static double Alone(string what, byte[][] pictures, Action<byte[]> decode, double seconds)
    {
        foreach (byte[] picture in pictures) decode(picture);
        TimeSpan began = Cpu();
        int count = 0;
        while ((Cpu() - began).TotalSeconds < seconds)
        {
            foreach (byte[] picture in pictures) decode(picture);
            count += pictures.Length;
        }

        double perCpuSecond = count / (Cpu() - began).TotalSeconds;
        Print(what, new { perCpuSecond = Math.Round(perCpuSecond), meanBytes = pictures.Average(picture => picture.Length) });
        return perCpuSecond;
    }

    private static void Ingest(string kind, string directory, VipsFrameCodec frames, Dictionary<string, double> alone, double seconds)
    {
        int chunk = kind switch { "text" => 80_000, "frames64" => 4_000, _ => 320 };
        using Process broker = StartBroker();
        string address = broker.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the broker did not start");
        var kafka = new KafkaOptions { BootstrapServers = address, Topics = [IngestBroker.Topic], Assignment = KafkaAssignment.Manual };
        var options = new ReplayOptions { SentinelOneIn = 0 };
        using ReplayLedger ledger = ReplayLedger.Open(
            new ReplayPlace(LocalDisk.Instance, directory, 1, TimeProvider.System), options, null, NullLogger.Instance);
        using var reader = new KafkaReader(kafka, new Unknown(), TimeProvider.System, NullLogger<KafkaReader>.Instance);
        var ingest = new IngestOptions();
        var decoder = new MessageDecoder(ingest, frames, new TextCodec(ingest.Text));
        reader.Start();
        RunChunk(broker, kind, chunk, reader, decoder, ledger);
        TimeSpan began = Cpu();
        long count = 0;
        double used;
        do
        {
            RunChunk(broker, kind, chunk, reader, decoder, ledger);
            count += chunk;
            used = (Cpu() - began).TotalSeconds;
        }
        while (used < seconds);

        broker.StandardInput.Close();
        broker.WaitForExit();
        double perCpuSecond = count / used;
        Print($"ingest {kind}", new
        {
            count, perCpuSecond = Math.Round(perCpuSecond), shareOfLibvips = alone.TryGetValue(kind, out double best) ? Math.Round(perCpuSecond / best, 3) : (double?)null,
        });
    }

    private static void RunChunk(Process broker, string kind, int chunk, KafkaReader reader, MessageDecoder decoder, ReplayLedger ledger)
    {
        broker.StandardInput.WriteLine($"{kind} {chunk}");
        var events = new List<StreamEvent>(TakeMax);
        for (int left = chunk; left > 0;)
        {
            events.Clear();
            reader.Take(events, TakeMax, TimeSpan.FromMilliseconds(200), CancellationToken.None);
            foreach (StreamEvent one in events)
            {
                if (one is not StreamEvent.Delivered delivered) continue;
                Intake intake = decoder.Decode(delivered.Delivery);
                if (intake is not Intake.Accepted) throw new InvalidOperationException($"not accepted: {intake}");
                ledger.Admit(intake);
                left--;
            }

            if (ledger.SyncDueIn == TimeSpan.Zero) reader.Commit(ledger.Sync());
        }

        reader.Commit(ledger.Sync());
        if (broker.StandardOutput.ReadLine() != "done") throw new InvalidOperationException("the producer failed");
    }

    private static Process StartBroker()
    {
        string self = Environment.ProcessPath ?? throw new InvalidOperationException("the bench knows its own path");
        var start = new ProcessStartInfo(self, ["ingest-broker"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException("the broker's process did not start");
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;

    private static void Print(string what, object figures) => Console.WriteLine(JsonSerializer.Serialize(new { what, figures }));

    /// <summary>A fold that knows no partition: reading begins at the beginning.</summary>
    private sealed class Unknown : IPartitionPositions
    {
        public PartitionPosition? Find(string topic, int partition) => null;
    }
}
