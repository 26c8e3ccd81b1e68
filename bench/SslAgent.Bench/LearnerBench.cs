using System.Globalization;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;

namespace SslAgent.Bench;

/// <summary>The learner's pause for a snapshot, and its memory over many steps. JSON lines.</summary>
internal static class LearnerBench
{
    private const int MemoryReadings = 10, Snapshots = 5;

    /// <summary>How long training waits for one copy of its state; a cycle of three steps between two of them.</summary>
    public static int Pause(Dictionary<string, string> arguments)
    {
        using Learner learner = Make(arguments.GetValueOrDefault("preset", "small"), batch: 4, arguments, out FixedSource source);
        for (var number = 0; number < Snapshots; number++)
        {
            learner.RunCycle(new CycleNumber(number + 1), 0, 3, source, _ => true, null);
            long started = TimeProvider.System.GetTimestamp();
            using IModelSnapshot snapshot = learner.Snapshot();
            double pause = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
            long bytes = snapshot.Model.Concat(snapshot.Training).Sum(tensor => (long)tensor.Data.Length);
            Print($$"""{"measure":"snapshot pause","milliseconds":{{pause:F1}},"mebibytes":{{bytes / 1048576.0:F0}},"parameters":{{learner.ParameterCount}}}""");
        }

        return 0;
    }

    /// <summary>Resident memory while all objectives take turns; a cycle and a snapshot for every reading.</summary>
    public static int Memory(Dictionary<string, string> arguments)
    {
        int steps = int.Parse(arguments.GetValueOrDefault("steps", "20000"), CultureInfo.InvariantCulture);
        using Learner learner = Make(arguments.GetValueOrDefault("preset", "nano"), batch: 8, arguments, out FixedSource source);
        for (var reading = 1; reading <= MemoryReadings; reading++)
        {
            learner.RunCycle(new CycleNumber(reading), 0, steps / MemoryReadings, source, _ => true, null);
            using (learner.Snapshot())
            {
                Print($$"""{"measure":"resident memory","steps":{{reading * steps / MemoryReadings}},"mebibytes":{{Environment.WorkingSet / 1048576.0:F0}},"managed":{{GC.GetTotalMemory(true) / 1048576.0:F0}}}""");
            }
        }

        return 0;
    }

    private static Learner Make(string preset, int batch, Dictionary<string, string> arguments, out FixedSource source)
    {
        var learning = new LearningOptions
        {
            BatchSize = batch,
            Dtype = arguments.GetValueOrDefault("dtype", "auto"),
            Device = arguments.GetValueOrDefault("device", "auto"),
        };
        LearnerPlan plan = Planner.Resolve(new ModelOptions { Preset = preset }, learning, seed: 1, earlier: null, new Machine(TimeProvider.System));
        Learner learner = Learner.Create(plan, TimeProvider.System);
        learner.AdoptTokenizer(new ByteTokenizer());
        source = new FixedSource(plan.Model.ImageSize, plan.Model.TextTokens - 2);
        return learner;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
