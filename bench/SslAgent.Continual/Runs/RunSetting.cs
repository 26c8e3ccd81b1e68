using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SslAgent.Continual.Streams;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;
using SslAgent.Replay;

namespace SslAgent.Continual.Runs;

/// <summary>The resolved options of one run: a function of its key and the bench's settings, and of the stream's length for the capacity.</summary>
internal sealed record RunSetting(ReplayOptions Replay, LearnerPlan Plan, int Capacity)
{
    /// <summary>Raised where the bench measures differently than before: older runs are then done again.</summary>
    private const int Measuring = 5;

    /// <param name="trainable">Samples of the stream that may be trained on.</param>
    public static RunSetting Of(StreamSpec stream, Method method, RunKey key, BenchSetting bench, int trainable)
    {
        int capacity = key.Share == 0 ? trainable : Math.Max(1, (int)Math.Round(trainable * key.Share / 100.0));
        ReplayOptions replay = method.Replay(stream.Replay(Methods.WithCapacity(new ReplayOptions(), capacity)));
        LearningOptions learning = method.Learning(new LearningOptions
        {
            Objectives = stream.Objectives, BatchSize = BenchSetting.BatchSize, WarmupSteps = BenchSetting.WarmupSteps, Threads = bench.Threads, Device = bench.Device,
            Dtype = bench.Dtype, ProbeSentinelsMax = Math.Min(stream.ProbeSentinelsMax, bench.ProbesMax), ProbeRepeats = 2,
        });
        LearnerPlan plan = Planner.Resolve(
            new ModelOptions { Preset = "nano", VocabularySize = BenchSetting.VocabularySize }, learning, (ulong)key.Seed, null, new Machine(TimeProvider.System));
        return new RunSetting(replay, plan, replay.FramesMax);
    }

    /// <summary>Equal where two runs would do the same, whatever their methods are called. Asks for no data.</summary>
    public static string Digest(StreamSpec stream, Method method, RunKey key, BenchSetting bench)
    {
        RunSetting setting = Of(stream, method, key, bench, trainable: 1_000_000);
        string all = string.Join(
            '\n', Measuring, stream.Name, key.Seed, method.Meeting, setting.Replay, setting.Plan.ToJson(), stream.SamplesTrigger,
            stream.StepsPerSecond.ToString(CultureInfo.InvariantCulture), bench) + method.Faults
            + (method.Consolidation > 0 ? string.Create(CultureInfo.InvariantCulture, $"consolidation {method.Consolidation}") : "");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16];
    }
}
