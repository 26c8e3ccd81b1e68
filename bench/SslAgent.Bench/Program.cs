using System.Globalization;

namespace SslAgent.Bench;

/// <summary><c>sslagent-bench WHAT [--name value]...</c>: one measurement, printed as JSON lines.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        if (args.Length == 0 || args.Length % 2 == 0) return Usage();
        Dictionary<string, string> arguments = args[1..].Chunk(2).ToDictionary(pair => pair[0].TrimStart('-'), pair => pair[1], StringComparer.Ordinal);
        return args[0] switch
        {
            "train" => TrainingBench.Run(arguments),
            "device" => DeviceBench.Run(arguments),
            "pause" => LearnerBench.Pause(arguments),
            "memory" => LearnerBench.Memory(arguments),
            "tokenizer" => TokenizerBench.Run(arguments),
            "views" => ViewBench.Run(arguments),
            "replay" => ReplayBench.Run(arguments),
            "redundancy" => RedundancyBench.Run(arguments),
            "ingest" => IngestBench.Run(arguments),
            "guard" => Guard(arguments),
            "ingest-broker" => IngestBroker.Run(),
            _ => Usage(),
        };
    }

    private static int Guard(Dictionary<string, string> arguments)
    {
        GuardBench.Run(Console.Out, int.Parse(arguments.GetValueOrDefault("lines", "100"), CultureInfo.InvariantCulture));
        return 0;
    }

    private static int Usage()
    {
        Console.Error.WriteLine("sslagent-bench train [--preset tiny] [--batch 64] [--seconds 8] [--objectives mae,mlm,clip] [--dtype auto] [--device auto] [--threads 0] [--text-tokens N]");
        Console.Error.WriteLine("sslagent-bench device [--device cuda:0] [--preset nano] [--batch 16] [--steps 6]");
        Console.Error.WriteLine("sslagent-bench pause [--preset small]");
        Console.Error.WriteLine("sslagent-bench memory [--preset nano] [--steps 20000]");
        Console.Error.WriteLine("sslagent-bench tokenizer [--logs assets/logs] [--vocabulary 8192] [--seconds 2]");
        Console.Error.WriteLine("sslagent-bench views [--batch 256] [--source 64] [--side 64] [--preset simclr] [--rounds 20] [--threads 2] [--device cpu]");
        Console.Error.WriteLine("sslagent-bench replay [--entries 1000000] [--frames 40000]");
        Console.Error.WriteLine("sslagent-bench redundancy [--entries 10000,50000,200000]");
        Console.Error.WriteLine("sslagent-bench ingest [--seconds 4]");
        Console.Error.WriteLine("sslagent-bench guard [--lines 100]");
        return 2;
    }
}
