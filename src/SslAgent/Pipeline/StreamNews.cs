using Microsoft.Extensions.Logging;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Pipeline;

/// <summary>
/// Tells the operator what happened to the stream: messages that will not be seen, offsets that begin to mean other messages. They are events, not
/// conditions: the board shows each for a day, the log, the metrics and the journal keep them. The ingest thread's.
/// </summary>
internal sealed class StreamNews(ProblemBoard problems, ILogger log)
{
    private readonly Dictionary<PartitionName, long> _lost = [];

    public void Tell(StreamEvent.MessagesMissing missing)
    {
        var name = new PartitionName(missing.Topic, missing.Partition);
        long count = missing.To - missing.From;
        _lost[name] = _lost.GetValueOrDefault(name) + count;
        HeadLog.MessagesMissing(log, count, missing.Topic, missing.Partition, missing.From, missing.To - 1, missing.Reason);
        problems.Report(
            $"missing {name}",
            $"{_lost[name]} messages of {name} will not be seen, the last of them offset {missing.To - 1}: {missing.Reason}");
    }

    public void Tell(StreamEvent.EpochChanged changed)
    {
        HeadLog.EpochOpened(log, changed.Topic, changed.Partition, changed.Epoch, changed.FirstOffset, changed.Reason);
        problems.Report(
            $"epoch {changed.Topic}/{changed.Partition}",
            $"{changed.Topic}/{changed.Partition} is read from offset {changed.FirstOffset} in a new epoch, {changed.Epoch}: {changed.Reason}");
    }
}
