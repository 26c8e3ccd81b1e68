using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Bench;

/// <summary>
/// What it costs to ask who is redundant in a full buffer of <c>--entries</c> texts when a tenth as much is new: reading and looking at the new ones, and choosing. The
/// model is a stand-in that costs next to nothing and sees 1,000 clusters. CPU seconds are the process's own.
/// </summary>
internal static class RedundancyBench
{
    private const int Clusters = 1000, NewShare = 10;

    public static int Run(Dictionary<string, string> arguments)
    {
        foreach (string entries in arguments.GetValueOrDefault("entries", "10000,50000,200000").Split(','))
        {
            string directory = Directory.CreateTempSubdirectory("redundancy-bench-").FullName;
            try
            {
                Measure(Path.Combine(directory, "journal"), int.Parse(entries, CultureInfo.InvariantCulture));
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }

        return 0;
    }

    private static void Measure(string directory, int entries)
    {
        ReplayOptions options = new() { Policy = ReplayPolicy.Minred, TextsMax = entries, FreshMax = entries, SentinelOneIn = 0 };
        using var ledger = ReplayLedger.Open(new ReplayPlace(LocalDisk.Instance, directory, 1, TimeProvider.System), options, null, NullLogger.Instance);
        Weighing first = Cycle(ledger, options, 1, 0, entries, EmbeddingBook.Empty, out _);
        Weighing second = Cycle(ledger, options, 2, entries, entries / NewShare, first.Book, out double cpu);
        byte[] book = second.Book.Write();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            what = "minred", figures = new
            {
                entries, fresh = entries / NewShare, evicted = second.Evicted.Count, embedded = second.Embedded, cpu, comparisons = second.Comparisons,
                comparisonsOfEachWithEach = (long)entries * entries / 2, megabytesOfBook = book.Length / 1e6,
            },
        }));
    }

    private static Weighing Cycle(ReplayLedger ledger, ReplayOptions options, int number, int from, int count, EmbeddingBook book, out double cpu)
    {
        for (int i = from; i < from + count; i++)
        {
            byte[] line = System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{i % Clusters} {i}"));
            ledger.Admit(new Intake.Accepted(new Sample(new SourceOffset("logs", 0, 0, i), "host", i, null, null, null, new Text(line))));
            if (i % 64 == 0 && ledger.SyncDueIn == TimeSpan.Zero) ledger.Sync();
        }

        OpenCycle cycle = ledger.StartCycle(new JournalRecord.CycleStarted(new CycleNumber(number), "{}", "bench", "bench"));
        using var embedder = new StandIn();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        Weighing weighing = ledger.Buffer(cycle, options).Weigh(new CycleNumber(number), book, embedder, read => read(), fact: null);
        if (weighing.Evicted.Count > 0) ledger.Decide(weighing.Evicted);
        ledger.Decide(new JournalRecord.CycleEnded(new CycleNumber(number), 1, new ModelVersion(number), Verdict.Promoted, []));
        cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        return weighing;
    }

    /// <summary>Puts each line near its cluster's centre.</summary>
    private sealed class StandIn : ISampleEmbedder
    {
        public IReadOnlyList<float[]>? Embed(Batch batch) => [.. batch.Texts.Select(text => Row(text.ToString().Split(' ')))];

        public void Dispose()
        {
        }

        private static float[] Row(string[] words)
        {
            var centre = new Philox(new DrawKey(1, int.Parse(words[0], CultureInfo.InvariantCulture), 0, ChanceStream.Test));
            var own = new Philox(new DrawKey(2, int.Parse(words[1], CultureInfo.InvariantCulture), 0, ChanceStream.Test));
            float[] row = new float[EmbeddingBook.Width];
            for (int i = 0; i < row.Length; i++) row[i] = centre.NextSingle() - 0.5f + (0.2f * (own.NextSingle() - 0.5f));
            return row;
        }
    }
}
