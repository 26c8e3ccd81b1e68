using SslAgent.Learning.Options;
using SslAgent.Replay;

namespace SslAgent.Configuration;

/// <summary>Rules between sections of different rooms, which no room can check by itself.</summary>
internal static class CrossRoomRules
{
    public static IEnumerable<ConfigurationFault> Check(AgentSettings settings)
    {
        if (settings.Learning.EmbeddingReplay > 0 && settings.Replay.Policy is not (ReplayPolicy.Minred or ReplayPolicy.Hybrid))
        {
            yield return new ConfigurationFault(
                "learning:embeddingReplay", OptionText.Of(settings.Learning.EmbeddingReplay), null,
                $"it holds samples where they lay when they were embedded, and replay:policy {OptionText.Of(settings.Replay.Policy)} embeds none; use minred or hybrid");
        }

        foreach ((string place, ObjectiveOptions objective) in BesidesLearning(settings))
        {
            if (objective.BatchFault(settings.Learning.BatchSize) is { } fault) yield return new ConfigurationFault(place, null, null, fault);
        }

        foreach (ObjectiveOptions twice in settings.Consolidation.Objectives.Where(more => settings.Learning.ObjectivesOrStandard().Any(usual => usual.Name == more.Name)))
            yield return new ConfigurationFault("consolidation:objectives", twice.Name, null, "learning:objectives has it already, and it stays there as it is: leave it out here");
        if (settings.Model.Faults().Any()) yield break; // told already, and the size is not known
        int stored = settings.Ingest.Frames.StoredSize, trained = settings.Model.Resolve().ImageSize;
        if (stored < trained)
        {
            yield return new ConfigurationFault(
                "ingest:frames:storedSize", OptionText.Of(stored), null,
                $"pixels a side are stored, but preset {settings.Model.Preset} trains on {trained}: frames would be blown up; store at least {trained}");
        }
    }

    /// <summary>Objectives that sections other than <c>learning</c> name, and where.</summary>
    private static IEnumerable<(string Place, ObjectiveOptions Objective)> BesidesLearning(AgentSettings settings) =>
    [
        .. settings.Consolidation.Objectives.Select(objective => ("consolidation:objectives", objective)),
        .. settings.Pretraining.Stages.SelectMany(stage => stage.Objectives).Select(objective => ("pretraining:stages", objective)),
    ];
}
