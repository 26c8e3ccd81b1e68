using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Guarding.Drift;

/// <summary>
/// Watches what is admitted for drift, by source and measure. A deterministic fold over the journal's samples in their order: what it finds is
/// journalled (<see cref="JournalRecord.DriftFound"/>), its own state travels with each version as <c>drift.json</c>, and what came since is folded on top. Not
/// thread-safe.
/// </summary>
public sealed class StreamWatch
{
    public const string FileName = "drift.json";

    private const int FormatVersion = 1;

    /// <summary>Sources told apart, in order of appearance; later ones are one.</summary>
    private const int SourcesMax = 32;

    private const string OtherSource = "(other)";

    private readonly GuardOptions _options;
    private readonly DriftSettings _settings;
    private readonly SortedDictionary<string, SortedDictionary<string, BlockWindow>> _sources = new(StringComparer.Ordinal);
    private long _position, _sinceDrift;

    public StreamWatch(GuardOptions options)
    {
        _options = options;
        _settings = new DriftSettings(options.DriftFalseAlarmRate, options.DriftShiftMin, options.DriftBlockSamples, options.DriftSamplesMin);
    }

    /// <summary>What was found and has no record in the journal yet, or null.</summary>
    public JournalRecord.DriftFound? Owed { get; private set; }

    /// <summary>Takes the next record. Those from before the state that this one was loaded with change nothing.</summary>
    public void Apply(long sequence, JournalRecord record)
    {
        if (sequence < _position) return;
        _position = sequence + 1;
        if (record is JournalRecord.DriftFound) Owed = null;
        if (record is JournalRecord.Admitted admitted && _settings.FalseAlarmRate > 0) Observe(admitted.Sample);
    }

    public byte[] Save() => JsonSerializer.SerializeToUtf8Bytes(
        new WatchState(
            FormatVersion, _position, _sinceDrift, Owed is { } owed ? new OwedState(owed.Source, owed.Measure, owed.Before, owed.After) : null,
            _sources.ToDictionary(source => source.Key, source => source.Value.ToDictionary(window => window.Key, window => window.Value.Save()))),
        StreamWatchJson.Default.WatchState);

    /// <summary>Reads what <see cref="Save"/> wrote; anything else begins anew, which only makes it slower to notice.</summary>
    public static StreamWatch Load(GuardOptions options, byte[]? saved)
    {
        var watch = new StreamWatch(options);
        if (Read(saved) is not { Format: FormatVersion } state) return watch;
        (watch._position, watch._sinceDrift) = (state.Position, state.SinceDrift);
        if (state.Owed is { } owed) watch.Owed = watch.Found(owed.Source, owed.Measure, owed.Before, owed.After);
        foreach ((string source, Dictionary<string, WindowState> windows) in state.Sources)
        {
            var own = watch._sources[source] = new SortedDictionary<string, BlockWindow>(StringComparer.Ordinal);
            foreach ((string measure, WindowState window) in windows) own[measure] = BlockWindow.Load(watch._settings, window);
        }

        return watch;
    }

    private static WatchState? Read(byte[]? saved)
    {
        try
        {
            return saved is null ? null : JsonSerializer.Deserialize(saved, StreamWatchJson.Default.WatchState);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Observe(Sample sample)
    {
        _sinceDrift++;
        string source = _sources.ContainsKey(sample.Source) || _sources.Count < SourcesMax ? sample.Source : OtherSource;
        if (!_sources.TryGetValue(source, out SortedDictionary<string, BlockWindow>? windows))
            _sources[source] = windows = new SortedDictionary<string, BlockWindow>(StringComparer.Ordinal);
        foreach ((string measure, double value) in SampleMeasures.Of(sample))
        {
            if (!windows.TryGetValue(measure, out BlockWindow? window)) windows[measure] = window = new BlockWindow(_settings);
            if (window.Add(value) is not var (before, after) || Owed is not null || _sinceDrift < _settings.SamplesMin) continue;
            Owed = Found(source, measure, before, after);
            _sinceDrift = 0;
        }
    }

    private JournalRecord.DriftFound Found(string source, string measure, double before, double after) =>
        new(source, measure, before, after, _options.DriftPlasticCycles);
}

internal sealed record OwedState(string Source, string Measure, double Before, double After);

internal sealed record WatchState(
    int Format, long Position, long SinceDrift, OwedState? Owed, Dictionary<string, Dictionary<string, WindowState>> Sources);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WatchState))]
internal sealed partial class StreamWatchJson : JsonSerializerContext;
