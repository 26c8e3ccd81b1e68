using System.Diagnostics;
using System.Globalization;
using SslAgent.Continual.Runs;

namespace SslAgent.Continual.Tests;

/// <summary>The quick profile with hardly any steps, whole: streams, methods, measures, page and pictures.</summary>
public sealed class QuickProfileTests : IDisposable
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    private readonly string _folder = Directory.CreateTempSubdirectory("continual-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_tiny_quick_profile_fills_every_cell_of_its_tables_and_a_second_call_repeats_no_run()
    {
        Assert.Equal(0, Call());
        string page = File.ReadAllText(Path.Combine(_folder, "RESULTS.md"));
        Assert.Contains("Profile quick", page, StringComparison.Ordinal);
        Assert.DoesNotContain("not run", page, StringComparison.Ordinal);
        Assert.DoesNotContain("not done yet", page, StringComparison.Ordinal);
        Assert.Contains($", {Environment.ProcessorCount} cores, ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        foreach (string stream in (string[])["emoji", "logs"]) AllMethodsOf(stream, page);
        Assert.All((string[])["not inferior to i.i.d.", "better than naive", "above the random tower", "average forgetting"], target => Assert.Contains($"| {target} |", page, StringComparison.Ordinal));
        Assert.Contains("| long-logs | default | 25% |", page, StringComparison.Ordinal);
        string[] pictures = [.. page.Split('\n').Where(line => line.StartsWith("![", StringComparison.Ordinal)).Select(line => line[(line.IndexOf('(') + 1)..^1])];
        Assert.NotEmpty(pictures);
        Assert.All(pictures, picture => Assert.Equal(PngSignature, File.ReadAllBytes(Path.Combine(_folder, picture))[..4]));

        Dictionary<string, DateTime> written = Written();
        Assert.Equal(0, Call());
        Assert.Equal(written, Written());
    }

    [Fact]
    public void The_same_run_gives_the_same_numbers()
    {
        string[] once = Numbers("first"), again = Numbers("second");
        Assert.NotEmpty(once);
        Assert.Equal(once, again);
    }

    [Fact]
    public async Task Runs_in_processes_of_their_own_give_the_same_numbers_and_are_not_done_again_in_this_one()
    {
        string runs = Path.Combine(_folder, "apart");
        string[] words = ["--seconds", "0.1", "--items", "80", "--seeds", "2", "--jobs", "2", "--only", "emoji default", "--out", _folder, "--runs", runs];
        using (Process bench = Process.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "sslagent-continual.dll"), .. words]))
        {
            await bench.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, bench.ExitCode);
        }

        Assert.Equal(["emoji.default.25.1.json", "emoji.default.25.2.json"], Directory.GetFiles(runs).Select(Path.GetFileName).Order());
        DateTime[] written = [.. Directory.GetFiles(runs).Select(File.GetLastWriteTimeUtc)];
        Assert.Equal(Numbers("together"), Numbers("apart"));
        Assert.Equal(written, Directory.GetFiles(runs).Select(File.GetLastWriteTimeUtc));
    }

    private static void AllMethodsOf(string stream, string page)
    {
        string section = page[page.IndexOf($"### {stream}:", StringComparison.Ordinal)..];
        string[] rows = [.. section.Split('\n').SkipWhile(line => !line.StartsWith("| Method", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|'))];
        Assert.Equal(
            ["naive", "reservoir", "default", "iid", "random", "raw"],
            rows.Skip(2).Select(row => row.Split('|')[1].Trim().Split(' ')[0]));
        int columns = rows[0].Split('|').Length;
        Assert.All(rows, row => Assert.Equal(columns, row.Split('|').Length));
        // Whatever was trained has a loss and an accuracy.
        Assert.All(rows.Skip(2).Take(4), row => Assert.All(row.Split('|')[4..^1], cell => Assert.True(double.TryParse(cell.Split('±')[0], CultureInfo.InvariantCulture, out _), row)));
    }

    private string[] Numbers(string folder)
    {
        string runs = Path.Combine(_folder, folder);
        Assert.Equal(0, Program.Main(["--seconds", "0.1", "--items", "80", "--seeds", "1", "--jobs", "1", "--only", "emoji default", "--out", _folder, "--runs", runs]));
        RunRecord? record = new RunStore(runs).Find(new RunKey("emoji", "default", 25, 1));
        Assert.NotNull(record);
        return [.. record.Courses.Select(course => $"{course.Name} {string.Join(' ', course.Losses)}")];
    }

    private int Call() => Program.Main(["--seconds", "0.1", "--items", "160", "--seeds", "1", "--jobs", "1", "--out", _folder, "--runs", Path.Combine(_folder, "runs")]);

    private Dictionary<string, DateTime> Written() => Directory.GetFiles(Path.Combine(_folder, "runs")).ToDictionary(file => file, File.GetLastWriteTimeUtc);
}
