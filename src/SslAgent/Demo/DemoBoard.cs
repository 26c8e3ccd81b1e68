using SslAgent.Domain;
using SslAgent.Pipeline;

namespace SslAgent.Demo;

/// <summary>
/// Collects what the daemon reports while it works, for the live view and for the summary. Written by the daemon's threads, read by the
/// view's; everything in it is bounded.
/// </summary>
internal sealed class DemoBoard(TimeProvider time) : IAgentObserver
{
    private const int ProblemsMax = 5, CyclesMax = 500;
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private readonly long _startedAt = time.GetTimestamp();
    private readonly Queue<(TimeSpan At, long Messages)> _rate = new();
    private readonly SortedDictionary<string, LossCurve> _curves = new(StringComparer.Ordinal);
    private readonly List<CycleLine> _cycles = [];
    private readonly List<VersionManifest> _versions = [];
    private readonly Queue<string> _problems = new();

    private IngestCounts _counts;
    private string _scene = "";
    private CycleNumber? _running;
    private int _step, _stepsMax;
    private bool _isProbing;
    private ProbeReport _probe = ProbeReport.Empty;

    /// <summary>What the producers are sending now, in a few words.</summary>
    public void Scene(string words)
    {
        lock (_lock) _scene = words;
    }

    public void OnDurable(IReadOnlyList<PartitionPosition> positions) { }

    public void OnOffsetsTold() { }

    public void OnIngested(IngestCounts counts)
    {
        lock (_lock)
        {
            _counts = counts;
            TimeSpan now = time.GetElapsedTime(_startedAt);
            _rate.Enqueue((now, Messages(counts)));
            while (_rate.Count > 2 && now - _rate.Peek().At > RateWindow) _rate.Dequeue();
        }
    }

    public void OnCycleStarted(CycleNumber cycle, string trigger, AvailableData available, int stepsMax)
    {
        lock (_lock) (_running, _step, _stepsMax, _isProbing) = (cycle, 0, stepsMax, false);
    }

    public void OnStep(StepReport report)
    {
        lock (_lock)
        {
            if (!_curves.TryGetValue(report.Objective, out LossCurve? curve)) _curves[report.Objective] = curve = new LossCurve();
            curve.Add(report.Loss, report.Samples);
            _step = Math.Max(_step, report.Step.Value + 1);
        }
    }

    public void OnProbing(CycleNumber cycle)
    {
        lock (_lock) _isProbing = true;
    }

    public void OnCycleEnded(CycleReport report, ModelVersion version, ProbeReport probe, Verdict verdict)
    {
        lock (_lock)
        {
            (_running, _isProbing, _probe) = (null, false, probe);
            if (_cycles.Count == CyclesMax) _cycles.RemoveAt(0);
            string why = verdict.Reasons.FirstOrDefault(reason => reason.Kind == verdict.Kind)?.ToString() ?? "";
            _cycles.Add(new CycleLine(
                report.Cycle, version, verdict.Kind, verdict.Kind == VerdictKind.Promote ? "" : why, report.StepsDone,
                HeldOutLosses.Mean(probe), probe.Retrieval?.RecallAt10));
        }
    }

    public void OnVersionPublished(VersionManifest manifest)
    {
        lock (_lock)
        {
            if (_versions.Count == CyclesMax) _versions.RemoveAt(0);
            _versions.Add(manifest);
        }
    }

    public void OnProblem(string sentence)
    {
        lock (_lock)
        {
            if (_problems.Count == ProblemsMax) _problems.Dequeue();
            _problems.Enqueue(sentence);
        }
    }

    public BoardSnapshot Snapshot()
    {
        lock (_lock)
        {
            IReadOnlyDictionary<string, double> heldOut = HeldOutLosses.Mean(_probe), trivial = HeldOutLosses.MeanTrivial(_probe);
            return new BoardSnapshot(
                time.GetElapsedTime(_startedAt), _scene, _counts, Rate(), _running, _step, _stepsMax, _isProbing,
                [.. _curves.Select(curve => new ObjectiveLine(
                    curve.Key, curve.Value.Points, curve.Value.Samples,
                    heldOut.TryGetValue(curve.Key, out double loss) ? loss : null, trivial.TryGetValue(curve.Key, out double least) ? least : null))],
                [.. _cycles], [.. _versions], [.. _problems]);
        }
    }

    private double Rate()
    {
        // Ingest reports only when something came: silence is a rate of 0.
        if (_rate.Count < 2 || time.GetElapsedTime(_startedAt) - _rate.Last().At > RateWindow) return 0;
        (TimeSpan from, long first) = _rate.Peek();
        (TimeSpan to, long last) = _rate.Last();
        return to <= from ? 0 : (last - first) / (to - from).TotalSeconds;
    }

    private static long Messages(IngestCounts counts) =>
        counts.FramesAdmitted + counts.TextsAdmitted + counts.PairsAdmitted + counts.SentinelsAdmitted + counts.Rejected + counts.Skipped;
}
