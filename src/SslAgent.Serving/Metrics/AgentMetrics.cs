using System.Diagnostics.Metrics;
using SslAgent.Domain;

namespace SslAgent.Serving.Metrics;

/// <summary>
/// The agent's status as metrics, for monitors that alarm on it. One status is taken for each scrape. Owned by the server.
/// </summary>
internal sealed class AgentMetrics : IDisposable
{
    private readonly IAgentControl _control;
    private readonly Meter _meter = new("SslAgent.Agent");
    private AgentStatus _status;

    public AgentMetrics(IAgentControl control)
    {
        _control = control;
        _status = control.Status();
        _meter.CreateObservableGauge("sslagent.agent.health", Health, null, "1 for the state that the agent is in, 0 for the others.");
        _meter.CreateObservableGauge("sslagent.agent.problems", () => _status.Problems.Count, "{problem}", "Things that an operator should look at; status names them.");
        _meter.CreateObservableGauge("sslagent.agent.head_version", () => _status.Head?.Number ?? 0, null, "Number of the version that training stands on, 0 before the first.");
        _meter.CreateObservableGauge("sslagent.agent.cycle", () => _status.RunningCycle?.Value ?? 0, null, "Number of the running cycle, 0 where none runs.");
        _meter.CreateObservableGauge("sslagent.agent.cycle_step", () => _status.RunningStep, "{step}", "Steps done of the running cycle.");
        _meter.CreateObservableGauge("sslagent.agent.unlearned", () => _status.LagLearned, "{sample}", "Training samples admitted since the last cycle began.");
        _meter.CreateObservableGauge("sslagent.agent.paused", () => _status.Course.IsPaused ? 1 : 0, null, "1 where training is paused until an operator resumes it.");
        _meter.CreateObservableGauge("sslagent.agent.rejects", () => _status.Course.Rejects, "{version}", "Rejected versions that promoted ones have not made up for.");
        _meter.CreateObservableGauge("sslagent.agent.holds", () => _status.Course.Holds?.Versions ?? 0, "{version}", "Versions held since the last promoted one.");
        _meter.CreateObservableGauge("sslagent.agent.learning_rate_scale", () => _status.Course.LearningRateScale, null, "What the verdicts make of the configured learning rate.");
        _meter.CreateObservableGauge("sslagent.agent.drifts", () => _status.Course.Drifts, "{drift}", "Drifts found in this lineage.");
        _meter.CreateObservableGauge("sslagent.agent.disk_free", DiskFree, "By", "Bytes left on the state directory's disk.");
        _meter.CreateObservableGauge("sslagent.agent.disk_free_min", () => _status.Disk.FreeBytesMin, "By", "Bytes that the agent leaves free; below it ingest and saves wait.");
        _meter.CreateObservableGauge("sslagent.agent.versions", () => _status.Disk.VersionBytes, "By", "Bytes of stored versions.");
        _meter.CreateObservableGauge("sslagent.agent.versions_limit", () => _status.Disk.VersionBytesMax, "By", "Bytes that stored versions may take.");
        _meter.CreateObservableGauge("sslagent.agent.scrub_damaged", () => Scrub(scrub => scrub.Damaged.Count), "{place}", "Damaged places that the last background check found.");
        _meter.CreateObservableGauge("sslagent.agent.scrub_read", () => Scrub(scrub => scrub.Bytes), "By", "Bytes that the last background check read.");
        _meter.CreateObservableGauge("sslagent.agent.scrub_ended", () => Scrub(scrub => scrub.EndedAt.ToUnixTimeSeconds()), "s", "When the last background check ended, since 1970.");
        _meter.CreateObservableGauge("sslagent.agent.lag", () => Lag(partition => partition.LagJournalled), "{message}", "Messages on the broker that are not yet in the journal.");
        _meter.CreateObservableGauge(
            "sslagent.agent.lag_learned", () => Lag(partition => partition.LagLearned), "{message}", "Messages on the broker that no finished cycle had at hand.");
    }

    /// <summary>Takes a new status; the next scrape shows it.</summary>
    public void Refresh() => _status = _control.Status();

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Health() => Enum.GetValues<AgentHealth>().Select(health => new Measurement<int>(
        _status.Health == health ? 1 : 0, new KeyValuePair<string, object?>("state", health.ToString().ToLowerInvariant())));

    private IEnumerable<Measurement<long>> DiskFree() => _status.DiskFreeBytes >= 0 ? [new Measurement<long>(_status.DiskFreeBytes)] : [];

    private IEnumerable<Measurement<long>> Scrub(Func<ScrubSummary, long> value) => _status.LastScrub is { } scrub ? [new Measurement<long>(value(scrub))] : [];

    private IEnumerable<Measurement<long>> Lag(Func<PartitionStatus, long?> behind) =>
        from partition in _status.Partitions
        let messages = behind(partition)
        where messages is not null
        select new Measurement<long>(
            messages.Value, new KeyValuePair<string, object?>("topic", partition.Topic), new KeyValuePair<string, object?>("partition", partition.Partition));
}
