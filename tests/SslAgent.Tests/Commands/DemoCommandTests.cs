using SslAgent.Commands;

namespace SslAgent.Tests.Commands;

/// <summary>What the demo refuses before it starts. That it runs is the end-to-end suite's to show.</summary>
public sealed class DemoCommandTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("NaN")]
    [InlineData("1e9")]
    public async Task A_length_that_makes_no_sense_is_refused(string minutes)
    {
        (int code, _, string error) = await Sslagent.RunAsync("demo", "--minutes", minutes);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("--minutes", error);
    }

    [Fact]
    public async Task A_folder_with_content_is_refused_and_left_alone()
    {
        string folder = Directory.CreateTempSubdirectory("sslagent-demo-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "mine.txt"), "mine");

            (int code, _, string error) = await Sslagent.RunAsync("demo", "--state", folder);

            Assert.Equal(ExitCode.Refused, code);
            Assert.Contains("not empty", error);
            Assert.Single(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_fault_in_the_overrides_is_told_before_anything_starts()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"sslagent-demo-{Guid.NewGuid():N}");
        try
        {
            (int code, _, string error) = await Sslagent.RunAsync("demo", "--state", folder, "--set", "learning:batchSise=8");

            Assert.Equal(ExitCode.Usage, code);
            Assert.Contains("learning:batchSize", error);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
