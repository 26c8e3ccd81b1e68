using System.Globalization;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;

namespace SslAgent.Bench;

/// <summary>
/// Does a GPU learn what a CPU learns, and twice the same? Every objective for a few steps from the same weights and samples: in fp32 on both, and in the device's
/// own dtype twice. A table in Markdown; the exit code tells whether every row is well.
/// </summary>
internal static class DeviceBench
{
    // fp32 sums in another order, through a few steps of AdamW, whose first steps are signs of gradients.
    private const double LossTolerance = 0.01;

    public static int Run(IReadOnlyDictionary<string, string> arguments)
    {
        string device = arguments.GetValueOrDefault("device", "cuda:0");
        Console.WriteLine($"| objective | loss, fp32 on cpu | fp32 on {device} | apart | {device} twice, digests | ms a step |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var isWell = true;
        foreach (ObjectiveFacts objective in ObjectiveCatalog.All)
        {
            (string row, bool rowIsWell) = Row(objective.Name, device, arguments);
            Console.WriteLine(row);
            isWell &= rowIsWell;
        }

        return isWell ? 0 : 1;
    }

    private static (string Row, bool IsWell) Row(string objective, string device, IReadOnlyDictionary<string, string> arguments)
    {
        try
        {
            Outcome cpu = Learn(objective, "cpu", "fp32", arguments), gpu = Learn(objective, device, "fp32", arguments);
            Outcome once = Learn(objective, device, "auto", arguments), twice = Learn(objective, device, "auto", arguments);
            double apart = Math.Abs(gpu.Loss - cpu.Loss) / Math.Max(1e-3, Math.Abs(cpu.Loss));
            string digests = once.Digest == twice.Digest ? "equal" : "**differ**";
            return (
                string.Create(
                    CultureInfo.InvariantCulture, $"| {objective} | {cpu.Loss:F5} | {gpu.Loss:F5} | {apart:P3} | {digests} | {twice.MillisecondsPerStep:F1} |"),
                apart < LossTolerance && once.Digest == twice.Digest);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return ($"| {objective} | {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")} | | | | |", false);
        }
    }

    private static Outcome Learn(string objective, string device, string dtype, IReadOnlyDictionary<string, string> arguments)
    {
        int batch = arguments.Number("batch", 16), steps = arguments.Number("steps", 6);
        var learning = new LearningOptions { Objectives = [new ObjectiveOptions { Name = objective, BatchSize = batch }], Dtype = dtype, Device = device };
        var model = new ModelOptions { Preset = arguments.GetValueOrDefault("preset", "nano") };
        LearnerPlan plan = Planner.Resolve(model, learning, seed: 1, earlier: null, new Machine(TimeProvider.System));
        using Learner learner = Learner.Create(plan, TimeProvider.System);
        learner.AdoptTokenizer(new ByteTokenizer());
        var source = new FixedSource(plan.Model.ImageSize, plan.Model.TextTokens - 2);
        CycleReport report = learner.RunCycle(new CycleNumber(1), 0, steps, source, _ => true, null);
        string digest = learner.Digest();
        long started = TimeProvider.System.GetTimestamp();
        learner.RunCycle(new CycleNumber(2), 0, steps, source, _ => true, null);
        return new(report.Objectives[objective].LossLast, digest, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / steps);
    }

    private sealed record Outcome(double Loss, string Digest, double MillisecondsPerStep);
}
