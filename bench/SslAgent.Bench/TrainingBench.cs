using System.Globalization;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;

namespace SslAgent.Bench;

/// <summary>
/// Training speed of one objective at a time through the learner as the daemon runs it: drawing, packing, cropping, encoding, masking, forward, backward,
/// clipping, AdamW. One JSON line an objective, for bench/training.py to set beside the peer's.
/// </summary>
internal static class TrainingBench
{
    private const int WarmupSteps = 8;

    public static int Run(IReadOnlyDictionary<string, string> arguments)
    {
        string preset = arguments.GetValueOrDefault("preset", "tiny");
        int batch = arguments.Number("batch", 64), seconds = arguments.Number("seconds", 8), textTokens = arguments.Number("text-tokens", 0);
        foreach (string objective in arguments.GetValueOrDefault("objectives", "mae,mlm,clip").Split(','))
            Console.WriteLine(Measure(preset, batch, seconds, textTokens, objective, arguments));
        return 0;
    }

    private static string Measure(string preset, int batch, int seconds, int textTokens, string objective, IReadOnlyDictionary<string, string> arguments)
    {
        var learning = new LearningOptions
        {
            Objectives = [new ObjectiveOptions { Name = objective, BatchSize = batch }],
            Dtype = arguments.GetValueOrDefault("dtype", "auto"),
            Device = arguments.GetValueOrDefault("device", "auto"),
            Threads = arguments.Number("threads", 0),
        };
        LearnerPlan plan = Planner.Resolve(new ModelOptions { Preset = preset }, learning, seed: 1, earlier: null, new Machine(TimeProvider.System));
        using Learner learner = Learner.Create(plan, TimeProvider.System);
        learner.AdoptTokenizer(new ByteTokenizer());
        var source = new FixedSource(plan.Model.ImageSize, (textTokens > 0 ? textTokens : plan.Model.TextTokens) - 2);
        learner.RunCycle(new CycleNumber(1), 0, WarmupSteps, source, _ => true, null);
        TimeSpan cpuBefore = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime;
        long started = TimeProvider.System.GetTimestamp();
        CycleReport report = learner.RunCycle(
            new CycleNumber(2), 0, int.MaxValue, source, _ => TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds, null);

        double cpu = (System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalSeconds;
        double elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"objective":"{{objective}}","samplesPerSecond":{{report.StepsDone * batch / elapsed:F1}},"cpuMsPerStep":{{cpu / report.StepsDone * 1000:F1}},"steps":{{report.StepsDone}},"dtype":"{{plan.Compute.Dtype}}","device":"{{plan.Compute.Device}}","threads":{{plan.Compute.Threads}},"parameters":{{learner.ParameterCount}},"loss":{{report.Objectives[objective].LossLast:F4}}}""");
    }
}
