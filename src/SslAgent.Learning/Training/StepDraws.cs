using SslAgent.Domain;
using SslAgent.Learning.Augmenting;

namespace SslAgent.Learning.Training;

/// <summary>What was drawn for one step: its samples, and what became of their views.</summary>
internal sealed class StepDraws
{
    private readonly List<SampleId> _ids = [];

    public IReadOnlyList<SampleId> Ids => _ids;

    /// <summary>Null where views are not checked.</summary>
    public ViewCounts? Views { get; private set; }

    /// <summary>A micro-batch.</summary>
    public void Add(Batch batch, ViewRejections? rejections)
    {
        _ids.AddRange(batch.Ids);
        if (rejections is not null) Views = ViewCounts.Sum(Views, new ViewCounts(rejections.Views, rejections.ByReason.Values.Sum(), rejections.Fallbacks));
    }
}
