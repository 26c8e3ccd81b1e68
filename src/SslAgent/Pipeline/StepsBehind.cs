using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Pipeline;

/// <summary>How many steps, by what triggered their cycles, the weights at the head have behind them. Steps of rejected versions and of versions that were rolled back are not behind it.</summary>
internal static class StepsBehind
{
    public static IReadOnlyDictionary<string, long> Head(IEnumerable<NumberedRecord> decisions)
    {
        var line = new LineageFold();
        var behind = new Dictionary<ModelVersion, Dictionary<string, long>>();
        foreach (NumberedRecord decision in decisions)
        {
            LineageFold.OpenCycle? open = line.Open;
            line.Apply(decision.Sequence, decision.Record);
            switch (decision.Record)
            {
                case JournalRecord.CycleEnded ended when open?.Started.Cycle == ended.Cycle:
                    Dictionary<string, long> steps = Of(open.Parent);
                    steps[open.Started.Trigger] = steps.GetValueOrDefault(open.Started.Trigger) + ended.StepsDone;
                    behind[ended.Version] = steps;
                    break;
                case JournalRecord.RolledBack back:
                    behind[back.Version] = Of(back.To);
                    break;
                case JournalRecord.Forgotten forgotten:
                    behind[forgotten.Version] = Of(forgotten.Of);
                    break;
            }
        }

        return Of(line.Head);

        Dictionary<string, long> Of(ModelVersion? version) =>
            version is { } known && behind.TryGetValue(known, out Dictionary<string, long>? steps) ? new(steps, StringComparer.Ordinal) : new(StringComparer.Ordinal);
    }
}
