using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace SslAgent.House.Tests;

/// <summary>
/// The walls of the house: rooms never import each other, one foreign library lives in one room. Checked twice, in what the projects ask
/// for and in what the compiled assemblies really use.
/// </summary>
public sealed class WallTests
{
    public static TheoryData<string> Names => Rooms.Names;

    [Fact]
    public void Every_project_under_src_is_a_room_of_the_plan() =>
        Assert.Equal(
            Rooms.All.Select(room => room.Project).Order(StringComparer.Ordinal),
            Repository.Files.Where(file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".csproj", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_project_references_only_what_its_room_may_see(string name)
    {
        Room room = Rooms.Named(name);
        string[] references =
        [
            .. References(room.Project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
                .Where(reference => reference.StartsWith("SslAgent", StringComparison.Ordinal)),
        ];
        Assert.Empty(references.Except(room.Sees));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_project_asks_for_foreign_packages_of_its_own_room_only(string name)
    {
        Room room = Rooms.Named(name);
        Assert.All(References(room.Project, "PackageReference"), package => Assert.True(
            Rooms.IsOrdinary(package) || IsOwn(room, package), $"{package} does not live in {name}"));
        Assert.All(References(room.Project, "FrameworkReference"), framework => Assert.True(
            name is "SslAgent.Serving" or Rooms.Head, $"{framework} does not live in {name}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_assembly_uses_only_what_its_room_may_see(string name)
    {
        Room room = Rooms.Named(name);
        string[] strangers =
        [
            .. AssemblyReferences(room).Where(used => !Rooms.IsOrdinary(used) && !IsOwn(room, used) && !room.Sees.Contains(used)),
        ];
        Assert.True(strangers.Length == 0, $"{name} uses {string.Join(", ", strangers)}");
    }

    [Fact]
    public void A_foreign_library_lives_in_one_room()
    {
        string[] foreign = [.. Rooms.All.SelectMany(room => room.Foreign)];
        Assert.Equal(foreign.Length, foreign.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_tests_see_a_rooms_inside(string name)
    {
        string[] friends = [.. Rooms.Named(name).Load().GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName)];
        Assert.All(friends, friend => Assert.Contains($"tests/{friend}/{friend}.csproj", Repository.Files));
    }

    [Fact]
    public void Every_room_has_its_test_project_and_all_but_benchmarks_are_in_the_solution()
    {
        string solution = Repository.Read("SslAgent.sln").Replace('\\', '/');
        foreach (string project in Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            if (project.StartsWith("bench/", StringComparison.Ordinal)) continue;
            Assert.True(solution.Contains(project, StringComparison.Ordinal), $"{project} is not in SslAgent.sln");
        }
        foreach (Room room in Rooms.All)
            Assert.Contains($"tests/{room.Name}.Tests/{room.Name}.Tests.csproj", Repository.Files);
    }

    // The head holds the web server's host as well: it composes what Serving offers.
    private static bool IsOwn(Room room, string library) =>
        room.Foreign.Any(own => library.StartsWith(own, StringComparison.Ordinal))
        || (room.Name == Rooms.Head && library.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Parse(Repository.Read(project)).Descendants(kind).Select(reference => reference.Attribute("Include")?.Value ?? "");

    private static string[] AssemblyReferences(Room room)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, room.AssemblyName + ".dll"));
        using PEReader image = new(file);
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
