using System.Globalization;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;
using static TorchSharp.torch;

namespace SslAgent.Bench;

/// <summary>What a batch's views cost, each step alone and all together. JSON lines: the best of several rounds by the clock, and the least time on processors.</summary>
internal static class ViewBench
{
    // B batch, S side.

    public static int Run(Dictionary<string, string> arguments)
    {
        int batch = arguments.Number("batch", 256), source = arguments.Number("source", 64), side = arguments.Number("side", 64), rounds = arguments.Number("rounds", 20);
        // A learner sets libtorch's threads and the allocator up, as it does for whoever trains.
        var learning = new LearningOptions { Device = "cpu", Threads = arguments.Number("threads", 2) };
        LearnerPlan host = Planner.Resolve(new ModelOptions { Preset = "nano" }, learning, seed: 1, earlier: null, new Machine(TimeProvider.System));
        using Learner learner = Learner.Create(host, TimeProvider.System);
        string preset = arguments.GetValueOrDefault("preset", "simclr");
        IReadOnlyList<ViewPlan> plans = Plans(preset, side);
        using var scope = NewDisposeScope();
        Tensor pixels = rand([batch, 3, source, source]).to(device(arguments.GetValueOrDefault("device", "cpu"))); // [B, 3, S, S]
        foreach ((string name, ViewPlan plan) in Parts(plans[0]))
            Measure(rounds, $"one view, {name}", batch, source, side, key => Views.Draw(pixels, [plan], side, key));
        Measure(rounds, $"{plans.Count} views, {preset}", batch, source, side, key => Views.Draw(pixels, plans, side, key));
        return 0;
    }

    private static IReadOnlyList<ViewPlan> Plans(string preset, int side) => preset switch
    {
        "simclr" => ViewPresets.SimClr,
        "simclr-small" => ViewPresets.SimClrSmall,
        "mocov2" => ViewPresets.MoCoV2,
        "byol" => ViewPresets.Byol,
        "dino" => ViewPresets.Dino(ViewPresets.DinoLocalSide(side, 8)),
        _ => throw new ArgumentException($"there is no preset {preset}: simclr, simclr-small, mocov2, byol, dino"),
    };

    /// <summary>The crop, and the crop with each of the other steps alone.</summary>
    private static IEnumerable<(string, ViewPlan)> Parts(ViewPlan plan)
    {
        ViewPlan crop = ViewPlan.Whole with { Crop = plan.Crop, Flip = plan.Flip };
        yield return ("crop and flip", crop);
        yield return ("crop and jitter", crop with { Jitter = plan.Jitter });
        yield return ("crop and grayscale", crop with { Grayscale = plan.Grayscale });
        if (plan.Blur is { } blur) yield return ("crop and blur", crop with { Blur = blur });
        yield return ("crop and solarize at 0.2", crop with { Solarize = 0.2 });
    }

    private static void Measure(int rounds, string what, int batch, int source, int side, Action<DrawKey> make)
    {
        double wall = double.MaxValue, processors = double.MaxValue;
        for (var round = 0; round <= rounds; round++)
        {
            using var scope = NewDisposeScope();
            TimeSpan spent = Environment.CpuUsage.TotalTime;
            long started = TimeProvider.System.GetTimestamp();
            make(new DrawKey(1, 1, round, ChanceStream.Augmentation));
            if (cuda.is_available()) cuda.synchronize();
            double elapsed = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
            if (round == 0) continue; // The first meets cold caches and operators that are looked up once.
            wall = Math.Min(wall, elapsed);
            processors = Math.Min(processors, (Environment.CpuUsage.TotalTime - spent).TotalMilliseconds);
        }

        FormattableString line =
            $$"""{"measure":"views","what":"{{what}}","batch":{{batch}},"source":{{source}},"side":{{side}},"milliseconds":{{wall:F1}},"processorMilliseconds":{{processors:F1}}}""";
        Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
