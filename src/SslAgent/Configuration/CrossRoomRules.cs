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

        if (settings.Model.Faults().Any()) yield break; // told already, and the size is not known
        int stored = settings.Ingest.Frames.StoredSize, trained = settings.Model.Resolve().ImageSize;
        if (stored < trained)
        {
            yield return new ConfigurationFault(
                "ingest:frames:storedSize", OptionText.Of(stored), null,
                $"pixels a side are stored, but preset {settings.Model.Preset} trains on {trained}: frames would be blown up; store at least {trained}");
        }
    }
}
