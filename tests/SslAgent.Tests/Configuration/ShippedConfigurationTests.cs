using SslAgent.Configuration;

namespace SslAgent.Tests.Configuration;

/// <summary>The two files that are shipped: what they say must be true.</summary>
public sealed class ShippedConfigurationTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "config");
    private static readonly string AgentFile = Path.Combine(Folder, "agent.json");

    [Theory]
    [InlineData("agent.json")]
    [InlineData("demo.json")]
    public void They_have_no_faults(string file)
    {
        string[] needed = file == "demo.json" ? ["kafka:topics=demo"] : [];

        Assert.Empty(Of(Path.Combine(Folder, file), needed).Faults);
    }

    [Fact]
    public void Agent_json_has_every_option_and_each_has_its_default()
    {
        ConfigurationOutcome shipped = Of(AgentFile), defaults = Of(null);
        List<string> missing = [], different = [];
        foreach ((string path, string? value) in Flatten(defaults.Settings, ""))
        {
            if (path == "kafka:topics") continue; // the one without a default: the file has an example
            if (shipped.Values.Value(path) is null && shipped.Values.List(path) is null && !IsEmptyObject(path)) missing.Add(path);
            string? written = Flatten(shipped.Settings, "").First(option => option.Path == path).Value;
            if (written != value) different.Add($"{path}: {written}, the default is {value}");
        }

        Assert.Empty(missing);
        Assert.Empty(different);
    }

    [Fact]
    public void Every_option_of_agent_json_has_a_comment()
    {
        string[] lines = File.ReadAllLines(AgentFile);
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.StartsWith('"')) Assert.True(lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal), $"line {i + 1} of agent.json has no comment above it: {line}");
        }
    }

    /// <summary>An empty object leaves no entry in a layer; that it stands in the file is read off the text.</summary>
    private static bool IsEmptyObject(string path) =>
        File.ReadAllText(AgentFile).Contains($"\"{path[(path.LastIndexOf(':') + 1)..]}\": {{}}", StringComparison.Ordinal);

    private static ConfigurationOutcome Of(string? file, params string[] sets) =>
        ConfigurationLoader.Load(new ConfigurationRequest(file, sets, new Dictionary<string, string>()));

    private static IEnumerable<(string Path, string? Value)> Flatten(object section, string path)
    {
        foreach (OptionShape shape in OptionShape.Of(section.GetType()))
        {
            string at = Keys.Join(path, shape.Key);
            object? value = shape.Property.GetValue(section);
            if (shape.Kind != OptionKind.Section) yield return (at, OptionText.Of(value));
            else foreach ((string, string?) option in Flatten(value!, at)) yield return option;
        }
    }
}
