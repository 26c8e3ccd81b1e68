using System.Runtime.Loader;
using TorchSharp.Compat.Tests.Support;

namespace TorchSharp.Compat.Tests;

/// <summary>
/// The contract in words: tests/fixtures/torchsharp-surface.txt holds those public members of TorchSharp 0.107.0 that compat/TorchSharp mirrors,
/// taken from the package's own assembly.
/// <para>After adding a member, record it again:
/// <c>TORCHSHARP_DLL=…/TorchSharp.dll dotnet run --project tests/TorchSharp.Compat.Tests</c> rewrites the file and names what the package does not have.</para>
/// </summary>
[Collection(nameof(ProcessWide))]
public sealed class SurfaceTests
{
    [Fact]
    public void Every_recorded_member_is_there_as_recorded()
    {
        var here = Surface.Of(typeof(torch).Assembly);
        Assert.Empty(Recorded().Except(here));
    }

    internal static string[] Recorded()
    {
        var fixture = Path.Combine(AppContext.BaseDirectory, "fixtures", "torchsharp-surface.txt");
        if (Environment.GetEnvironmentVariable("TORCHSHARP_DLL") is { } package)
        {
            Record(package, fixture);
        }
        return File.ReadAllLines(fixture);
    }

    private static void Record(string package, string copy)
    {
        var theirs = Surface.Of(new AssemblyLoadContext(null).LoadFromAssemblyPath(Path.GetFullPath(package))).ToHashSet();
        var lines = Surface.Of(typeof(torch).Assembly).Where(theirs.Contains).Order(StringComparer.Ordinal).ToArray();
        File.WriteAllLines(Path.Combine(FolderOf("fixtures"), "torchsharp-surface.txt"), lines);
        File.WriteAllLines(copy, lines);
    }

    private static string FolderOf(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder!.FullName, "tests", name)))
        {
            folder = folder.Parent;
        }
        return Path.Combine(folder.FullName, "tests", name);
    }
}
