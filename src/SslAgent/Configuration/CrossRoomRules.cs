namespace SslAgent.Configuration;

/// <summary>Rules between sections of different rooms, which no room can check by itself.</summary>
internal static class CrossRoomRules
{
    public static IEnumerable<ConfigurationFault> Check(AgentSettings settings)
    {
        CycleOptions cycle = settings.Cycle;
        if (cycle.TimeMax is { } limit && limit <= cycle.ResumePointInterval)
            yield break;
    }
}
