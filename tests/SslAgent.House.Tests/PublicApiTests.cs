namespace SslAgent.House.Tests;

/// <summary>
/// What rooms show each other, kept as text in <c>api/</c>. A change of it is made on purpose: run <c>make api</c>, look at the difference,
/// commit it.
/// </summary>
public sealed class PublicApiTests
{
    private const string UpdateVariable = "SSLAGENT_API_UPDATE";

    private static string Folder => Repository.Absolute("tests/SslAgent.House.Tests/api");

    public static TheoryData<string> Names => Rooms.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_public_surface_is_the_one_that_was_agreed(string room)
    {
        string now = PublicApi.Describe(Rooms.Named(room).Load());
        string path = Path.Combine(Folder, $"{room}.txt");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, now);
        }
        Assert.SkipUnless(Directory.Exists(Folder), "no surface was agreed yet: make api");
        Assert.True(File.Exists(path), $"{path} is missing: make api");
        Assert.True(File.ReadAllText(path) == now, $"The public surface of {room} changed. If that is meant: make api, and commit the difference.");
    }
}
