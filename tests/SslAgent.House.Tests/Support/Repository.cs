using System.Diagnostics;

namespace SslAgent.House.Tests;

/// <summary>The checkout that these tests were built from: its root and the files that belong to it.</summary>
internal static class Repository
{
    private static readonly string[] Outputs = ["bin", "obj", ".git", "node_modules", "artifacts"];
    private static readonly string[] TextEndings =
    [
        ".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".md", ".txt", ".sh", ".py", ".js", ".mjs", ".h", ".cpp", ".cmake", ".yml", ".yaml",
        ".html", ".css", ".service", ".editorconfig", ".gitignore", "Makefile", "Dockerfile", "run", ".conf",
    ];

    private static readonly Lazy<string[]> All = new(List);

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes, of everything that is tracked or would be.</summary>
    public static IReadOnlyList<string> Files => All.Value;

    /// <summary>Files below a folder, shipped data excepted.</summary>
    public static IEnumerable<string> Under(string folder) => Files.Where(file =>
        file.StartsWith(folder, StringComparison.Ordinal) && !file.StartsWith("assets/", StringComparison.Ordinal));

    public static IEnumerable<string> Code => Files.Where(file =>
        file.EndsWith(".cs", StringComparison.Ordinal) && !file.EndsWith(".g.cs", StringComparison.Ordinal));

    /// <summary>Text that people wrote; shipped data under assets/ and fixtures are somebody else's words.</summary>
    public static IEnumerable<string> Prose => Files.Where(file =>
        TextEndings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal))
        && !file.StartsWith("assets/", StringComparison.Ordinal) && !file.Contains("/fixtures/", StringComparison.OrdinalIgnoreCase));

    public static string Read(string file) => File.ReadAllText(Absolute(file));

    public static string Absolute(string file) => Path.Combine(Root, file);

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "SslAgent.sln"))) at = Path.GetDirectoryName(at);
        return at ?? throw new InvalidOperationException("these tests run inside the checkout that they check");
    }

    /// <summary>Asks git; in an unpacked archive every file that is no build output counts.</summary>
    private static string[] List() => Path.Exists(Absolute(".git")) ? ListByGit() : ListByDisk();

    private static string[] ListByGit()
    {
        string[] arguments = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
        ProcessStartInfo start = new("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Absolute(file))).Order(StringComparer.Ordinal)];
    }

    private static string[] ListByDisk() =>
    [
        .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(file => !file.Split('/').Intersect(Outputs).Any()).Order(StringComparer.Ordinal),
    ];
}
