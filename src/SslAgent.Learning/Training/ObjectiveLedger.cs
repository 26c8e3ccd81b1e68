using SslAgent.Domain;
using SslAgent.Learning.State;

namespace SslAgent.Learning.Training;

/// <summary>One objective's sums over a cycle.</summary>
internal sealed class ObjectiveLedger(string objective)
{
    /// <summary>The first and the last of this many parts of a cycle are what its beginning and its end are judged by.</summary>
    private const int Parts = 10;

    private readonly List<float> _losses = [];
    private int _steps, _skipped;
    private long _samples;
    private double _normMax, _seconds;
    private ViewCounts? _views;

    public ObjectiveLedger(ObjectiveProgress before) : this(before.Objective)
    {
        _losses.AddRange(before.Losses);
        _steps = before.Steps;
        _skipped = before.SkippedSteps;
        _samples = before.Samples;
        _normMax = before.GradientNormMax;
        _seconds = before.Seconds;
        _views = before.Views;
    }

    public void Add(float loss, float norm, bool taken, StepDraws draws, double seconds)
    {
        _steps++;
        _samples += draws.Ids.Count;
        _views = ViewCounts.Sum(_views, draws.Views);
        _seconds += seconds;
        if (taken)
        {
            _losses.Add(loss);
            _normMax = Math.Max(_normMax, norm);
        }
        else
        {
            _skipped++;
        }
    }

    public ObjectiveProgress ToProgress() => new(objective, _steps, _samples, [.. _losses], _normMax, _skipped, _seconds, _views);

    public ObjectiveSummary ToSummary()
    {
        int part = Math.Max(1, _losses.Count / Parts);
        return new ObjectiveSummary(
            objective, _steps, _samples, Mean(_losses.Take(part)), Mean(_losses.TakeLast(part)), _normMax, _skipped, _seconds, _views)
        {
            Peak = LossSpikes.Largest(_losses),
        };
    }

    /// <summary>NaN where every step was skipped.</summary>
    private static double Mean(IEnumerable<float> losses) => losses.Select(loss => (double)loss).DefaultIfEmpty(double.NaN).Average();
}
