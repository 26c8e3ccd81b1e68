using System.Globalization;
using SslAgent.Commands;
using SslAgent.Configuration;

namespace SslAgent.Demo;

/// <summary>The daemon's configuration in the demo: config/demo.json, on the embedded broker and a fresh state directory.</summary>
internal static class DemoSettings
{
    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, "config", "demo.json");

    /// <param name="sets">The user's own overrides; they win over the demo's.</param>
    public static AgentSettings Load(string bootstrapServers, DemoFolder folder, int seed, IReadOnlyList<string> sets)
    {
        List<string> all =
        [
            $"kafka:bootstrapServers={bootstrapServers}",
            $"kafka:topics={DemoStream.PicturesTopic},{DemoStream.LogsTopic}",
            $"agent:stateDirectory={folder.State}",
            $"agent:seed={seed.ToString(CultureInfo.InvariantCulture)}",
            $"logging:file={folder.Log}",
            .. sets,
        ];
        ConfigurationOutcome outcome = ConfigurationLoader.Load(new ConfigurationRequest(File, all, new Dictionary<string, string>()));
        return outcome.Faults.Count == 0 ? outcome.Settings : throw new CommandException(ExitCode.Usage, Settings.Describe(outcome));
    }
}
