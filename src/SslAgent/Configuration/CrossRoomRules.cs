namespace SslAgent.Configuration;

/// <summary>Rules between sections of different rooms, which no room can check by itself.</summary>
internal static class CrossRoomRules
{
    public static IEnumerable<ConfigurationFault> Check(AgentSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [];
    }
}
