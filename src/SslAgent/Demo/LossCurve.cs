namespace SslAgent.Demo;

/// <summary>A training loss over time in a bounded number of points: when full, neighbours are averaged and each later point stands for twice as many reports.</summary>
internal sealed class LossCurve
{
    private const int PointsMax = 256;

    private readonly List<double> _points = [];
    private int _reportsPerPoint = 1, _pendingReports;
    private double _pendingSum;

    public IReadOnlyList<double> Points => [.. _points];

    public long Samples { get; private set; }

    public void Add(double loss, int samples)
    {
        Samples += samples;
        if (!double.IsFinite(loss)) return;
        _pendingSum += loss;
        if (++_pendingReports < _reportsPerPoint) return;
        _points.Add(_pendingSum / _pendingReports);
        (_pendingSum, _pendingReports) = (0, 0);
        if (_points.Count == PointsMax) Halve();
    }

    private void Halve()
    {
        for (int i = 0; i < PointsMax / 2; i++) _points[i] = (_points[2 * i] + _points[(2 * i) + 1]) / 2;
        _points.RemoveRange(PointsMax / 2, PointsMax / 2);
        _reportsPerPoint *= 2;
    }
}
