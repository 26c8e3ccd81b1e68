namespace SslAgent.Demo;

/// <summary>The shipped log lines of one program, in the order in which it wrote them.</summary>
internal sealed record LogSet(string Program, IReadOnlyList<string> Lines)
{
    public string Source => $"log/{Program}";

    /// <summary>All programs by name (assets/logs/README.md says what they are).</summary>
    public static IReadOnlyList<LogSet> Load(string folder) =>
    [
        .. from file in Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal)
           select new LogSet(Path.GetFileNameWithoutExtension(file), File.ReadAllLines(file))
    ];
}
