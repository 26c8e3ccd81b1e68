namespace SslAgent.Configuration;

/// <summary>Where configuration comes from. Environment variables are passed in, so that tests have their own.</summary>
internal sealed record ConfigurationRequest(string? File, IReadOnlyList<string> Sets, IReadOnlyDictionary<string, string> Environment);

/// <summary>What came of it. <see cref="Settings"/> are to be used only where there are no faults.</summary>
internal sealed record ConfigurationOutcome(AgentSettings Settings, IReadOnlyList<ConfigurationFault> Faults, LayeredValues Values, string? File);

/// <summary>
/// File, environment, command line (later wins) → settings and all faults at once. Changes nothing, opens nothing but the file.
/// </summary>
internal static class ConfigurationLoader
{
    public const string FileVariable = "SSLAGENT_CONFIG", SystemFile = "/etc/sslagent/agent.json";

    public static ConfigurationOutcome Load(ConfigurationRequest request)
    {
        List<ConfigurationFault> faults = [];
        string? file = request.File ?? request.Environment.GetValueOrDefault(FileVariable) ?? (File.Exists(SystemFile) ? SystemFile : null);
        List<ConfigurationLayer> layers = [];
        if (file is not null) layers.Add(JsonLayer.Read(file, faults));
        layers.Add(ConfigurationLayer.FromEnvironment(request.Environment));
        layers.Add(ConfigurationLayer.FromSets(request.Sets, faults));

        LayeredValues values = new(layers);
        AgentSettings settings = new OptionsBinder(values, faults).Bind<AgentSettings>();
        new OptionsValidation(values, faults).Check(settings);
        foreach (ConfigurationFault fault in CrossRoomRules.Check(settings)) faults.Add(fault);
        return new ConfigurationOutcome(settings, faults, values, file);
    }
}
