using System.CommandLine;

namespace SslAgent.Commands;

/// <summary>Options that several commands share, so that they are named and explained once. Each call makes a fresh one.</summary>
internal static class CommonOptions
{
    public const string ConfigName = "--config", SetName = "--set", StateName = "--state", OutputName = "--output";

    public static Option<FileInfo?> Config() => new(ConfigName, "-c")
    {
        Description = "Configuration file (JSON with comments). Without one: SSLAGENT_CONFIG, else /etc/sslagent/agent.json, else the defaults",
        HelpName = "FILE",
    };

    public static Option<string[]> Set() => new(SetName)
    {
        Description = "Overrides one option, may be repeated: learning:learningRate=1e-3. Wins over the environment (SSLAGENT__learning__learningRate) and the file",
        HelpName = "section:key=value",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<DirectoryInfo?> State() => new(StateName)
    {
        Description = "State directory; the same as --set agent:stateDirectory=DIR",
        HelpName = "DIR",
    };

    /// <summary><c>text</c> for people (default), <c>json</c> for programs.</summary>
    public static Option<string> Output()
    {
        Option<string> option = new(OutputName, "-o")
        {
            Description = "text for people, json for programs",
            HelpName = "text|json",
            DefaultValueFactory = _ => "text",
        };
        return option.AcceptOnlyFromAmong("text", "json");
    }
}
