using SslAgent.Continual.Streams;

namespace SslAgent.Continual;

/// <summary>Folders, found from the repository that this program was built in.</summary>
internal static class Places
{
    public static string Repository { get; } = Find();

    public static DataFolders Data(Arguments arguments) => new(
        Path.Combine(Repository, "assets"), Path.GetFullPath(arguments.Data ?? Path.Combine(Repository, "..", "shared", "data")));

    public static string Runs(Arguments arguments) => Path.GetFullPath(arguments.Runs ?? Path.Combine(Repository, "artifacts", "continual", arguments.Profile));

    /// <summary>A profile's own page: none overwrites another's, and what the quick one says is nobody's figures.</summary>
    public static string Out(Arguments arguments) => Path.GetFullPath(arguments.Out ?? arguments.Profile switch
    {
        "cpu" => Path.Combine(Repository, "bench", "continual"),
        "quick" => Path.Combine(Repository, "artifacts", "continual", "quick"),
        _ => Path.Combine(Repository, "bench", "continual", arguments.Profile),
    });

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SslAgent.sln"))) return folder.FullName;
        }

        throw new UsageException($"{AppContext.BaseDirectory} is in no checkout of the repository: its assets are needed");
    }
}
