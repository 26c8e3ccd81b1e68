using System.Text.Json;
using System.Text.Json.Serialization;
using SslAgent.Domain;

namespace SslAgent.Guarding.Drift;

/// <summary>
/// Watches what is admitted for drift, by source and measure. A deterministic fold over the journal's samples in their order: what it finds is
/// journalled (<see cref="JournalRecord.DriftFound"/>), its own state travels with each version as <c>drift.json</c>, and what came since is folded on top. What is found too
/// soon after the last waits until it may be told; then all that waits is told in one place, since that is one era's beginning. Not thread-safe.
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
    // A window for each measure, in their order; null while the source has shown no such thing.
    private readonly Dictionary<string, BlockWindow?[]> _sources = new(StringComparer.Ordinal);
    // At most one a source, in the order in which they were found.
    private readonly List<JournalRecord.DriftFound> _pending = [];
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
        if (record is JournalRecord.Admitted admitted)
        {
            Admit(sequence, admitted.Sample);
            return;
        }

        if (sequence < _position) return;
        _position = sequence + 1;
        if (record is not JournalRecord.DriftFound drift || !SampleMeasures.Names.Contains(drift.Measure)) return;
        Owed = null;
        TellPending();
    }

    /// <summary>The same for a sample that was just admitted.</summary>
    public void Admit(long sequence, Sample sample)
    {
        if (sequence < _position) return;
        _position = sequence + 1;
        if (_settings.FalseAlarmRate > 0) Observe(sample);
    }

    public byte[] Save() => JsonSerializer.SerializeToUtf8Bytes(
        new WatchState(
            FormatVersion, _position, _sinceDrift, Owed is { } owed ? Saved(owed) : null, [.. _pending.Select(Saved)],
            new SortedDictionary<string, SortedDictionary<string, WindowState>>(_sources.ToDictionary(source => source.Key, source => Saved(source.Value)), StringComparer.Ordinal)),
        StreamWatchJson.Default.WatchState);

    /// <summary>Reads what <see cref="Save"/> wrote; anything else begins anew, which only makes it slower to notice.</summary>
    public static StreamWatch Load(GuardOptions options, byte[]? saved)
    {
        var watch = new StreamWatch(options);
        if (Read(saved) is not { Format: FormatVersion } state) return watch;
        (watch._position, watch._sinceDrift) = (state.Position, state.SinceDrift);
        if (state.Owed is { } owed) watch.Owed = watch.Found(owed.Source, owed.Measure, owed.Before, owed.After);
        watch._pending.AddRange((state.Pending ?? []).Select(drift => watch.Found(drift.Source, drift.Measure, drift.Before, drift.After)));
        foreach ((string source, SortedDictionary<string, WindowState> windows) in state.Sources)
        {
            watch._sources[source] =
                [.. SampleMeasures.Names.Select(name => windows.TryGetValue(name, out WindowState? window) ? BlockWindow.Load(watch._settings, window) : null)];
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
        if (IsDue) TellPending();
        string source = _sources.ContainsKey(sample.Source) || _sources.Count < SourcesMax ? sample.Source : OtherSource;
        if (!_sources.TryGetValue(source, out BlockWindow?[]? windows)) _sources[source] = windows = new BlockWindow?[SampleMeasures.Names.Count];
        Span<double> values = stackalloc double[windows.Length];
        SampleMeasures.Of(sample, values);
        for (int measure = 0; measure < values.Length; measure++)
        {
            if (!double.IsFinite(values[measure])) continue;
            BlockWindow window = windows[measure] ??= new BlockWindow(_settings);
            // What was there when the source's last drift was told is that drift: in another measure, or in what a window kept of it.
            if (window.Add(values[measure]) is not { IsNew: true } change) continue;
            JournalRecord.DriftFound found = Found(source, SampleMeasures.Names[measure], change.Before, change.After);
            if (IsDue) Tell(found);
            else if (_pending.All(drift => drift.Source != source)) _pending.Add(found);
        }
    }

    private bool IsDue => Owed is null && _sinceDrift >= _settings.SamplesMin;

    private void TellPending()
    {
        if (_pending.Count == 0) return;
        JournalRecord.DriftFound next = _pending[0];
        _pending.RemoveAt(0);
        Tell(next);
    }

    private void Tell(JournalRecord.DriftFound drift)
    {
        Owed = drift;
        _sinceDrift = 0;
        foreach (BlockWindow? window in _sources.GetValueOrDefault(drift.Source) ?? []) window?.Told();
    }

    private static OwedState Saved(JournalRecord.DriftFound drift) => new(drift.Source, drift.Measure, drift.Before, drift.After);

    private static SortedDictionary<string, WindowState> Saved(BlockWindow?[] windows)
    {
        var saved = new SortedDictionary<string, WindowState>(StringComparer.Ordinal);
        foreach ((int measure, BlockWindow? window) in windows.Index())
        {
            if (window is not null) saved.Add(SampleMeasures.Names[measure], window.Save());
        }

        return saved;
    }

    private JournalRecord.DriftFound Found(string source, string measure, double before, double after) =>
        new(source, measure, before, after, _options.DriftPlasticCycles);
}

internal sealed record OwedState(string Source, string Measure, double Before, double After);

internal sealed record WatchState(
    int Format, long Position, long SinceDrift, OwedState? Owed, IReadOnlyList<OwedState>? Pending,
    SortedDictionary<string, SortedDictionary<string, WindowState>> Sources);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WatchState))]
internal sealed partial class StreamWatchJson : JsonSerializerContext;
