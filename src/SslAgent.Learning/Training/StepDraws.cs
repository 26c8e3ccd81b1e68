using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using static TorchSharp.torch;

namespace SslAgent.Learning.Training;

/// <summary>What was drawn for one step: its samples, what became of their views, and how their windows surprised.</summary>
internal sealed class StepDraws
{
    private readonly List<SampleId> _ids = [];
    private readonly List<Surprised> _surprised = [];

    /// <summary>How wrong an objective was on the windows of a micro-batch, and whose they are.</summary>
    /// <param name="Errors">fp32 [B], in no scope: whoever reads them disposes them.</param>
    internal sealed record Surprised(IReadOnlyList<string> Sources, Tensor Errors);

    public IReadOnlyList<SampleId> Ids => _ids;

    public IReadOnlyList<Surprised> Surprises => _surprised;

    /// <summary>Null where views are not checked.</summary>
    public ViewCounts? Views { get; private set; }

    /// <summary>A micro-batch.</summary>
    public void Add(Batch batch, ViewRejections? rejections)
    {
        _ids.AddRange(batch.Ids);
        if (rejections is not null) Views = ViewCounts.Sum(Views, new ViewCounts(rejections.Views, rejections.ByReason.Values.Sum(), rejections.Fallbacks));
    }

    /// <summary>How wrong the objective was on each window of that micro-batch, fp32 [B]; null where it predicted nothing.</summary>
    public void AddSurprise(Batch batch, Tensor? errors)
    {
        if (errors is null || batch.Moments.Count == 0) return;
        _surprised.Add(new Surprised([.. batch.Moments.Chunk(batch.WindowFrames).Select(window => window[0].Source)], errors.DetachFromDisposeScope()));
    }
}
