using SslAgent.Commands;

namespace SslAgent.Demo;

/// <summary>Where one demo keeps what it makes: the agent's state, the pictures and the report. Each demo has a fresh one.</summary>
internal sealed class DemoFolder
{
    private const string Default = "demo-output";

    private DemoFolder(string root) => Root = root;

    public string Root { get; }

    public string State => Path.Combine(Root, "state");

    public string ContactSheet => Path.Combine(Root, "contact-sheet.png");

    public string Matrix => Path.Combine(Root, "forgetting-matrix.png");

    public string Report => Path.Combine(Root, "summary.json");

    public string Log => Path.Combine(Root, "agent-.json");

    /// <summary>Takes the folder that was asked for, or one named by the time under <c>demo-output</c>. Throws <see cref="CommandException"/> where it has content.</summary>
    public static DemoFolder Make(DirectoryInfo? wanted, TimeProvider time)
    {
        string root = wanted?.FullName ?? Path.GetFullPath(Path.Combine(Default, time.GetUtcNow().ToString("yyyyMMdd-HHmmss")));
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            throw new CommandException(ExitCode.Refused, $"{root} is not empty: a demo starts on a fresh folder; name another with --state");
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Environment, $"{root} cannot be made: {refused.Message}");
        }

        return new DemoFolder(root);
    }
}
