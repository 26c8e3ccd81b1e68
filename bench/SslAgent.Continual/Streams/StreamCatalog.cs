using SslAgent.Learning.Options;
using SslAgent.Replay;

namespace SslAgent.Continual.Streams;

/// <summary>All streams. Each is read once, in order.</summary>
internal static class StreamCatalog
{
    private static readonly ObjectiveOptions[] Frames = [new() { Name = "mae" }], Texts = [new() { Name = "mlm" }];

    /// <summary>A contrastive step costs as much as three of the others: the demo's shares.</summary>
    private static readonly ObjectiveOptions[] Everything =
        [new() { Name = "mae", Weight = 3 }, new() { Name = "mlm", Weight = 2 }, new() { Name = "clip", Weight = 1 }];

    public static IReadOnlyList<StreamSpec> All { get; } =
    [
        new()
        {
            Name = "emoji", Says = "emoji pictures, group by group", Load = EmojiPictures.Frames, Objectives = Frames,
            SamplesTrigger = 96, StepsPerSecond = 24, Replay = BySource(6),
        },
        new()
        {
            Name = "emoji-pairs", Says = "emoji pictures with their names, group by group", Load = EmojiPictures.Pairs, Objectives = Everything,
            SamplesTrigger = 96, StepsPerSecond = 14, Replay = BySource(6),
        },
        new()
        {
            Name = "logs", Says = "shipped log lines, program by program", Load = LogLines.Shipped, Objectives = Texts,
            SamplesTrigger = 500, StepsPerSecond = 18, Replay = BySource(8),
        },
        new()
        {
            Name = "photos", Says = "trashnet64 and cifar10, class by class", Needs = ["trashnet64", "cifar10"], Load = Photographs.ClassByClass, Objectives = Frames,
            SamplesTrigger = 350, StepsPerSecond = 24, Replay = BySource(8),
        },
        new()
        {
            Name = "photos-domain", Says = "trashnet64, then cifar10", Needs = ["trashnet64", "cifar10"], Load = Photographs.DomainByDomain, Objectives = Frames,
            SamplesTrigger = 350, StepsPerSecond = 24, Replay = ByCount(8, 705),
        },
        new()
        {
            Name = "loghub", Says = "loghub's log lines, system by system", Needs = ["loghub"], Load = LogLines.LogHub, Objectives = Texts,
            SamplesTrigger = 800, StepsPerSecond = 18, Replay = BySource(8),
        },
        new()
        {
            Name = "video", Says = "camera frames in time", Needs = ["video_vtest", "video_tree", "trashnet64"], Load = VideoFrames.InTime, Objectives = Frames,
            SamplesTrigger = 32, StepsPerSecond = 24, Replay = ByTime,
        },
        new()
        {
            Name = "long-logs", Says = "shipped log lines, an era every 190", Load = LogLines.Shipped, Objectives = Texts,
            SamplesTrigger = 160, StepsPerSecond = 18, Replay = ByCount(8, 190), ProbeSentinelsMax = 8,
        },
        new()
        {
            Name = "long-photos", Says = "trashnet64 and cifar10, class by class, an era every 110", Needs = ["trashnet64", "cifar10"], Load = Photographs.ClassByClass,
            Objectives = Frames, SamplesTrigger = 100, StepsPerSecond = 24, Replay = ByCount(8, 110), ProbeSentinelsMax = 8,
        },
    ];

    public static StreamSpec Find(string name) =>
        All.FirstOrDefault(stream => stream.Name == name) ?? throw new UsageException($"there is no stream '{name}': known are {string.Join(", ", All.Select(stream => stream.Name))}");

    private static Func<ReplayOptions, ReplayOptions> BySource(int sentinelOneIn) =>
        options => options with { EraBy = EraGrouping.Source, SentinelOneIn = sentinelOneIn };

    private static Func<ReplayOptions, ReplayOptions> ByCount(int sentinelOneIn, int eraSamples) =>
        options => options with { EraBy = EraGrouping.Count, SentinelOneIn = sentinelOneIn, EraSamples = eraSamples, ErasMax = 128 };

    /// <summary>Whole seconds are set aside, not single frames: the neighbour of a frame that was trained on is not held out.</summary>
    private static ReplayOptions ByTime(ReplayOptions options) => options with
    {
        EraBy = EraGrouping.Count,
        EraSamples = 52,
        SentinelOneIn = 4,
        PairByTime = true,
        PairWindow = TimeSpan.FromSeconds(0.5),
        SentinelBlock = TimeSpan.FromSeconds(1),
    };
}
