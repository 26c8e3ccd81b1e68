using System.Diagnostics;
using System.Globalization;
using System.Text;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Bench;

/// <summary>
/// Encoding speed of the tokenizer, one thread, on log lines it was not trained on: trained on the first half of every file, measured on the
/// second. In CPU-seconds of this process, so that a busy machine changes little. <c>whole</c> encodes lines to their end, <c>cut</c> stops
/// at the 62 tokens that preset tiny reads. One JSON line.
/// </summary>
internal static class TokenizerBench
{
    private const int CutTokens = 62;

    public static int Run(IReadOnlyDictionary<string, string> arguments)
    {
        string folder = arguments.GetValueOrDefault("logs", "assets/logs");
        int vocabularySize = int.Parse(arguments.GetValueOrDefault("vocabulary", "8192"), CultureInfo.InvariantCulture);
        double seconds = double.Parse(arguments.GetValueOrDefault("seconds", "2"), CultureInfo.InvariantCulture);
        (List<byte[]> training, List<byte[]> held) = ReadHalves(folder);
        if (held.Count == 0)
        {
            Console.Error.WriteLine($"no *.log files with lines in {folder}");
            return 1;
        }

        TimeSpan before = CpuTime;
        BpeTokenizer tokenizer = Train(training, vocabularySize);
        double trainSeconds = (CpuTime - before).TotalSeconds;
        int[] tokens = new int[held.Max(line => line.Length)];
        long bytes = held.Sum(line => (long)line.Length), count = held.Sum(line => (long)tokenizer.Encode(line, tokens));
        double whole = Measure(tokenizer, held, tokens, bytes, seconds);
        double cut = Measure(tokenizer, held, tokens.AsSpan(0, Math.Min(CutTokens, tokens.Length)), bytes, seconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"bench":"tokenizer","logs":"{{Path.GetFileName(Path.GetFullPath(folder))}}","lines":{{held.Count}},"bytes":{{bytes}},"vocabulary":{{tokenizer.VocabularySize}},"trainedOnBytes":{{training.Sum(line => (long)line.Length)}},"trainCpuSeconds":{{trainSeconds:F2}},"bytesPerToken":{{(double)bytes / count:F2}},"wholeMegabytesPerCpuSecond":{{whole:F1}},"cutMegabytesPerCpuSecond":{{cut:F1}}}
            """));
        return 0;
    }

    private static TimeSpan CpuTime => Process.GetCurrentProcess().TotalProcessorTime;

    private static (List<byte[]> Training, List<byte[]> Held) ReadHalves(string folder)
    {
        (List<byte[]> training, List<byte[]> held) = ([], []);
        if (!Directory.Exists(folder)) return (training, held);
        foreach (string file in Directory.EnumerateFiles(folder, "*.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[][] lines = [.. File.ReadLines(file).Select(Encoding.UTF8.GetBytes)];
            training.AddRange(lines[..(lines.Length / 2)]);
            held.AddRange(lines[(lines.Length / 2)..]);
        }

        return (training, held);
    }

    private static BpeTokenizer Train(List<byte[]> lines, int vocabularySize)
    {
        var trainer = new BpeTrainer();
        foreach (byte[] line in lines) trainer.Add(line);
        return trainer.Train(vocabularySize, CancellationToken.None);
    }

    /// <summary>Million bytes of lines gone through in a CPU-second, after one pass to warm up.</summary>
    private static double Measure(BpeTokenizer tokenizer, List<byte[]> lines, Span<int> tokens, long bytes, double seconds)
    {
        foreach (byte[] line in lines) tokenizer.Encode(line, tokens);
        TimeSpan before = CpuTime;
        long passed = 0;
        while ((CpuTime - before).TotalSeconds < seconds)
        {
            foreach (byte[] line in lines) tokenizer.Encode(line, tokens);
            passed += bytes;
        }

        return passed / (CpuTime - before).TotalSeconds / 1e6;
    }
}
