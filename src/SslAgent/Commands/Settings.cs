using System.Collections;
using System.CommandLine;
using SslAgent.Configuration;

namespace SslAgent.Commands;

/// <summary>
/// The configuration options that a command carries (<c>--config</c>, <c>--set</c>, <c>--state</c>) and how it gets its settings from
/// them: complete and valid, or a refusal that lists every fault.
/// </summary>
internal sealed class Settings
{
    private readonly Option<FileInfo?> _config = CommonOptions.Config();
    private readonly Option<string[]> _set = CommonOptions.Set();
    private readonly Option<DirectoryInfo?> _state = CommonOptions.State();

    public static Settings AddTo(Command command)
    {
        Settings settings = new();
        command.Options.Add(settings._config);
        command.Options.Add(settings._set);
        command.Options.Add(settings._state);
        return settings;
    }

    /// <summary>Throws <see cref="CommandException"/> with all faults and exit code 2 where there are any.</summary>
    public AgentSettings Load(ParseResult parsed)
    {
        ConfigurationOutcome outcome = Outcome(parsed);
        return outcome.Faults.Count == 0 ? outcome.Settings : throw new CommandException(ExitCode.Usage, Describe(outcome));
    }

    /// <summary>
    /// The settings of a command that reads only these sections: a fault in another one is the daemon's business. Throws as
    /// <see cref="Load"/> does where one of these, or the file as a whole, is at fault.
    /// </summary>
    public AgentSettings LoadSections(ParseResult parsed, params IReadOnlyList<string> sections)
    {
        ConfigurationOutcome outcome = Outcome(parsed);
        List<ConfigurationFault> ours =
            [.. outcome.Faults.Where(fault => !fault.Path.Contains(':') || sections.Any(section => fault.Path.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)))];
        return ours.Count == 0 ? outcome.Settings : throw new CommandException(ExitCode.Usage, Describe(outcome with { Faults = ours }));
    }

    public ConfigurationOutcome Outcome(ParseResult parsed)
    {
        List<string> sets = [.. parsed.GetValue(_set) ?? []];
        if (parsed.GetValue(_state) is { } state) sets.Add($"agent:stateDirectory={state.FullName}");
        return ConfigurationLoader.Load(new ConfigurationRequest(parsed.GetValue(_config)?.FullName, sets, Variables()));
    }

    public static string Describe(ConfigurationOutcome outcome)
    {
        string count = outcome.Faults.Count == 1 ? "one fault" : $"{outcome.Faults.Count} faults";
        return $"the configuration has {count}:{string.Concat(outcome.Faults.Select(fault => $"{Environment.NewLine}  {fault}"))}";
    }

    private static Dictionary<string, string> Variables()
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }
}
