using SslAgent.Configuration;
using SslAgent.Replay;

namespace SslAgent.Pretraining;

/// <summary>The daemon's settings as pretraining needs them: all of the data stays in the replay buffer, and cycles begin when they are asked for.</summary>
internal static class PretrainSettings
{
    private const int All = 100_000_000;

    /// <summary>For reading the data: nothing is trained but what an earlier life left unfinished.</summary>
    public static AgentSettings ForReading(AgentSettings settings) => settings with
    {
        Replay = settings.Replay with
        {
            Policy = ReplayPolicy.Reservoir,
            FramesMax = All,
            FrameBytesMax = long.MaxValue,
            TextsMax = All,
            TextBytesMax = long.MaxValue,
            PairsMax = All,
            PairBytesMax = long.MaxValue,
            RetryWindow = All, // Files that changed are read anew: what was known has to be known again.
            Ratio = ReplayRatio.Fixed,
        },
        Kafka = settings.Kafka with { DeadLetterTopic = null },
        Cycle = settings.Cycle with { Interval = null, Cron = null, SamplesTrigger = null, UpdatesPerSample = null, TimeMax = null, SamplesMin = 1 },
        Serving = settings.Serving with { Listen = "127.0.0.1:0" },
        Scrub = settings.Scrub with { Interval = null },
        Learning = settings.Learning with { EmbeddingReplay = 0 },
    };

    /// <summary>For a stage, when all is read: no more text comes to wait for, so the tokenizer is made of what there is.</summary>
    public static AgentSettings ForStage(AgentSettings settings, Stage stage, int stepsPerCycle)
    {
        AgentSettings reading = ForReading(settings);
        return reading with
        {
            Learning = reading.Learning with { Objectives = [.. stage.Objectives], LearningRate = stage.LearningRate },
            Cycle = reading.Cycle with { StepsMax = stepsPerCycle },
            Tokenizer = stage.ReadsText ? reading.Tokenizer with { CorpusSamples = 0 } : reading.Tokenizer,
        };
    }
}
