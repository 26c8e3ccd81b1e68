using SslAgent.Commands;

namespace SslAgent.Demo;

/// <summary>Where the shipped data lies: beside the executable.</summary>
internal static class AssetsFolder
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "assets");

    public static string Emoji => System.IO.Path.Combine(Path, "emoji");

    public static string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>Throws <see cref="CommandException"/> where the installation lacks them.</summary>
    public static void Require()
    {
        if (!File.Exists(System.IO.Path.Combine(Emoji, "emoji.tsv")) || !Directory.Exists(Logs))
            throw new CommandException(ExitCode.Environment, $"the shipped data is missing: no emoji and logs in {Path}");
    }
}
