using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Replay;

/// <summary>The room's instruments, under the meter <c>SslAgent.Replay</c>. One instance for one ledger, which disposes it.</summary>
internal sealed class ReplayMetrics : IDisposable
{
    public const string MeterName = "SslAgent.Replay";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _messages;
    private readonly Counter<long> _redundant;
    private readonly Histogram<double> _syncSeconds;

    /// <param name="damagedRanges">What recovery found.</param>
    public ReplayMetrics(Func<ReplayStats> stats, int damagedRanges)
    {
        _messages = _meter.CreateCounter<long>("sslagent.replay.messages", "{message}", "Delivered messages by what became of them");
        _redundant = _meter.CreateCounter<long>("sslagent.replay.redundant", "{sample}", "Samples that the model found redundant in the replay buffer");
        _syncSeconds = _meter.CreateHistogram<double>("sslagent.replay.sync", "s", "Time to make admitted messages durable");
        _meter.CreateObservableGauge("sslagent.replay.buffered", () => Buffered(stats()), "{sample}", "Samples that can be drawn");
        _meter.CreateObservableGauge("sslagent.replay.journal.size", () => stats().JournalBytes, "By", "Durable bytes of journal on disk");
        _meter.CreateObservableGauge(
            "sslagent.replay.journal.limit", () => stats().JournalBytesMax, "By", "Configured limit of the journal");
        _meter.CreateObservableGauge(
            "sslagent.replay.journal.damaged", () => damagedRanges, "{range}", "Damaged byte ranges of the journal that the start found");
        _meter.CreateObservableCounter(
            "sslagent.replay.unreadable_draws", () => stats().UnreadableDraws, "{draw}", "Draws of samples that the medium lost");
        _meter.CreateObservableGauge(
            "sslagent.replay.position", () => stats().JournalPosition, "{record}", "Records in the journal so far");
        _meter.CreateObservableCounter("sslagent.replay.pairs", () => stats().PairsFound, "{pair}", "Frame-text pairs found");
        _meter.CreateObservableCounter(
            "sslagent.replay.late_halves.evicted", () => stats().LateHalvesEvicted, "{half}", "Halves whose other half came too late");
    }

    public void Message(AdmissionResult result) => _messages.Add(1, new KeyValuePair<string, object?>("result", Word(result)));

    public void Evicted(JournalRecord.Evicted evicted)
    {
        foreach ((Modality modality, IReadOnlyList<SampleId> ids) in evicted.ByModality)
        {
            if (ids.Count > 0) _redundant.Add(ids.Count, new KeyValuePair<string, object?>("modality", Word(modality)));
        }
    }

    public void Synced(TimeSpan elapsed) => _syncSeconds.Record(elapsed.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static string Word(AdmissionResult result) => result switch
    {
        AdmissionResult.Admitted => "admitted",
        AdmissionResult.Sentinel => "sentinel",
        AdmissionResult.Rejected => "rejected",
        AdmissionResult.Skipped => "skipped",
        _ => "redelivered",
    };

    private static string Word(Modality modality) => modality switch
    {
        Modality.Frame => "frame",
        Modality.Text => "text",
        _ => "pair",
    };

    private static IEnumerable<Measurement<int>> Buffered(ReplayStats stats) => Enum.GetValues<Modality>().Select(
        modality => new Measurement<int>(stats.Buffered.Of(modality), new KeyValuePair<string, object?>("modality", Word(modality))));
}
