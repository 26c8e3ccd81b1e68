using SslAgent.Configuration;

namespace SslAgent.Tests.Configuration;

/// <summary>Loads settings from a file's text, overrides and variables, without touching this machine's own.</summary>
internal static class Load
{
    public static ConfigurationOutcome Json(string json, params string[] sets) => With(json, [], sets);

    /// <summary>A topic is the one thing without a default; these tests are about other things.</summary>
    public static ConfigurationOutcome With(string json, Dictionary<string, string> environment, params string[] sets)
    {
        string file = Path.Combine(Path.GetTempPath(), $"sslagent-{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllText(file, json);
            return ConfigurationLoader.Load(new ConfigurationRequest(file, ["kafka:topics=frames", .. sets], environment));
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static ConfigurationFault OneFault(string json, params string[] sets) => Assert.Single(Json(json, sets).Faults);
}
