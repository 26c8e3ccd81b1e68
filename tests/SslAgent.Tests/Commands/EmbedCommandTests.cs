using System.Diagnostics;
using System.Text.Json;
using SslAgent.Commands;
using SslAgent.Tests.Commands.Support;

namespace SslAgent.Tests.Commands;

public sealed class EmbedCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("embed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lines_become_json_lines_with_name_version_and_vector()
    {
        string log = Write("app.log", "one\n\nthree 3\n"), to = Path.Combine(_folder, "out.jsonl");
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(_folder);

        (int code, string output, string error) = await RunAsync(daemon, log, "--model", "text", "--out", to);

        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("2 vectors by v2", output);
        JsonElement[] rows = [.. (await File.ReadAllLinesAsync(to, TestContext.Current.CancellationToken)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([$"{log}:1", $"{log}:3"], rows.Select(row => row.GetProperty("input").GetString()));
        Assert.Equal([7f, 2f], rows[1].GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle()));
        Assert.Equal("v2", rows[1].GetProperty("version").GetString());
    }

    [Fact]
    public async Task Pictures_and_lines_become_a_matrix_that_numpy_reads()
    {
        string pictures = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName, to = Path.Combine(_folder, "out.npy");
        await File.WriteAllBytesAsync(Path.Combine(pictures, "b.png"), [20], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(pictures, "a.JPG"), [10], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(pictures, "notes.txt"), "no picture", TestContext.Current.CancellationToken);
        string captions = Write("captions.txt", string.Concat(Enumerable.Range(0, 150).Select(i => $"caption {i:000}\n")));
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(_folder);

        (int code, _, string error) = await RunAsync(daemon, pictures, captions, "--model", "joint", "--out", to);

        Assert.True(code == ExitCode.Ok, error);
        string read = await PythonAsync("import numpy, sys; m = numpy.load(sys.argv[1]); print(m.shape, m.dtype, m[0], m[1], m[151])", to);
        Assert.Equal("(152, 2) float32 [10.  2.] [20.  2.] [11.  2.]", read);
        string[] names = await File.ReadAllLinesAsync(to + ".txt", TestContext.Current.CancellationToken);
        Assert.Equal(152, names.Length);
        Assert.EndsWith("a.JPG", names[0]);
        Assert.Equal($"{captions}:150", names[151]);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "must end in .jsonl or .npy", "app.log", "out.csv", "text")]
    [InlineData(ExitCode.Usage, "there is no file", "missing.log", "out.jsonl", "text")]
    [InlineData(ExitCode.Failed, "nothing to embed", "blank.log", "out.jsonl", "text")]
    [InlineData(ExitCode.Refused, "'frames' takes data URIs", "app.log", "out.jsonl", "frames")]
    public async Task What_cannot_be_done_leaves_no_file(int expected, string says, string input, string to, string model)
    {
        Write("app.log", "one\n");
        Write("blank.log", "\n \n");
        await using FakeDaemon daemon = await FakeDaemon.StartAsync(_folder);

        (int code, _, string error) = await RunAsync(daemon, Path.Combine(_folder, input), "--model", model, "--out", Path.Combine(_folder, to));

        Assert.Equal(expected, code);
        Assert.Contains(says, error);
        Assert.Empty(Directory.GetFiles(_folder, "out.*"));
    }

    [Fact]
    public async Task Without_a_daemon_it_says_what_else_there_is()
    {
        (int code, _, string error) = await Sslagent.RunAsync(
            "embed", Write("app.log", "one\n"), "--model", "text", "--out", Path.Combine(_folder, "out.jsonl"), "--set", "serving:listen=127.0.0.1:9");

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains("no daemon answers at http://127.0.0.1:9", error);
        Assert.Contains("--version SERVING", error);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(FakeDaemon daemon, params string[] args) =>
        Sslagent.RunAsync(["embed", .. args, "--state", _folder, "--set", $"serving:listen={daemon.Listen}"]);

    private static async Task<string> PythonAsync(string script, string argument)
    {
        ProcessStartInfo start = new("/usr/bin/python3", ["-c", script, argument]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process python = Process.Start(start) ?? throw new InvalidOperationException("python3 does not start");
        Task<string> output = python.StandardOutput.ReadToEndAsync(), errors = python.StandardError.ReadToEndAsync();
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await output + await errors).Trim();
    }
}
