using SslAgent.Continual.Streams;
using SslAgent.Replay;

namespace SslAgent.Continual.Runs;

/// <summary>What is the same for every run of a profile.</summary>
/// <param name="Seconds">Training time to aim at; the stream's own speed makes steps of it.</param>
/// <param name="ItemsMax">Longest stream; longer ones are thinned evenly.</param>
/// <param name="ProbesMax">Sentinels of an era that every version is asked about, at most; the last one is also asked about single ones.</param>
/// <param name="Threads">Of one run.</param>
internal sealed record BenchSetting(double Seconds, int ItemsMax, int ProbesMax, int Threads, string Device, string Dtype)
{
    public const int BatchSize = 32, VocabularySize = 2048, WarmupSteps = 50;

    /// <summary>Fewer steps a cycle are no training.</summary>
    private const int StepsPerCycleMin = 2;

    public int Steps(StreamSpec stream, int cycles) => Math.Max((int)(Seconds * stream.StepsPerSecond), cycles * StepsPerCycleMin);

    /// <summary>A thinned stream has as many eras as the whole one, and as many cycles, but for that none begins for less than a batch.</summary>
    public static StreamSpec Scaled(StreamSpec stream, double share) => share >= 1 ? stream : stream with
    {
        SamplesTrigger = Math.Max(BatchSize, (int)Math.Round(stream.SamplesTrigger * share)),
        Replay = options =>
        {
            ReplayOptions whole = stream.Replay(options);
            return whole with { EraSamples = Math.Max(2, (int)Math.Round(whole.EraSamples * share)) };
        },
    };
}
