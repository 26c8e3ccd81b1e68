using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Hostile.Tests.Mutating;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Ingest.Texts;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Hostile.Tests.Support;

/// <summary>
/// The way that messages take in the agent, from bytes to the journal: a decoder for each preset of JSON, one ledger on a real disk in a directory of its own. Its limits
/// are small, so that every one of them is met.
/// </summary>
internal sealed class HostilePath : IDisposable
{
    public const int Side = 16, TextBytesMax = 200;

    private const int PixelsMax = 1_000_000, SideMax = 5_000, MessageBytesMax = 100_000;

    private readonly string _root = Directory.CreateTempSubdirectory("sslagent-hostile-").FullName;
    private readonly MessageDecoder[] _decoders;

    public HostilePath()
    {
        _decoders =
        [
            NewDecoder(JsonPreset.Any, new SourceOptions()),
            NewDecoder(JsonPreset.Filebeat, new SourceOptions { RateMax = 20, TrackedMax = 64 }),
            NewDecoder(JsonPreset.FluentBit, new SourceOptions { Rules = [new SourceRule { Source = "api-7f", Sample = 3 }] }),
        ];
        Ledger = ReplayLedger.Open(new ReplayPlace(LocalDisk.Instance, _root, 7, TimeProvider.System), Small, null, NullLogger.Instance);
    }

    public ReplayLedger Ledger { get; }

    private static ReplayOptions Small { get; } = new()
    {
        SegmentBytes = 4 << 20,
        FramesMax = 500,
        TextsMax = 500,
        PairsMax = 100,
        FreshMax = 200,
        SentinelOneIn = 10,
        EraBy = EraGrouping.Time,
        ErasMax = 8,
        EraSentinelsMax = 16,
        SentinelTextsMax = 500,
        LateHalvesMax = 50,
        PairByTime = true,
        RetryWindow = 500,
        SourcesMax = 100,
    };

    public Intake Decode(HostileMessage message) => _decoders[message.Preset].Decode(message.Delivery);

    public void Dispose()
    {
        Ledger.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static MessageDecoder NewDecoder(JsonPreset preset, SourceOptions sources)
    {
        var options = new IngestOptions
        {
            MessageBytesMax = MessageBytesMax,
            Frames = new FrameOptions { StoredSize = Side, PixelsMax = PixelsMax, SideMax = SideMax, BytesMax = MessageBytesMax, Fit = (FrameFit)(int)preset },
            Text = new TextOptions { BytesMax = TextBytesMax },
            Json = new JsonOptions { Preset = preset },
            Sources = sources,
        };
        return new MessageDecoder(options, new VipsFrameCodec(options.Frames), new TextCodec(options.Text));
    }
}
