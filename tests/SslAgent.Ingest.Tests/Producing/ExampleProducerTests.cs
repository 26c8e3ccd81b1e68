using System.Diagnostics;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Ingest.Tests.Decoding;
using SslAgent.Ingest.Tests.Frames;
using SslAgent.Ingest.Tests.Kafka;

namespace SslAgent.Ingest.Tests.Producing;

/// <summary>The producers of docs/formats/wire.md, run as their readers would. Skipped, with the reason, where a tool is missing.</summary>
public sealed class ExampleProducerTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly string _folder = Directory.CreateTempSubdirectory("sslagent-examples-").FullName;
    private readonly TestStream _stream = new();

    public void Dispose()
    {
        _stream.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Kcat_sends_a_picture_a_log_and_json()
    {
        if (Run("kcat", ["-V"]).Code != 0) Assert.Skip("kcat is not installed");
        string picture = Picture(), log = Path.Combine(_folder, "app.log"), json = Path.Combine(_folder, "line.json");
        File.WriteAllText(log, "first line\nsecond line\n");
        File.WriteAllText(json, """{"message":"disk full","host":{"name":"web-1"}}""");
        string[] to = ["-P", "-b", _stream.Options.BootstrapServers, "-t", TestStream.Topic];
        AssertRan(Run("kcat", [.. to, "-H", "source=door", "-H", "caption=a man at the door", picture]));
        AssertRan(Run("kcat", [.. to, "-H", "source=app", "-l", log]));
        AssertRan(Run("kcat", [.. to, "-l", json]));
        Sample[] samples = Read(4);
        Assert.Equal(("door", "a man at the door", Modality.Pair), (samples[0].Source, samples[0].Text?.ToString(), samples[0].Modality));
        Assert.Equal(["first line", "second line"], samples[1..3].Select(sample => sample.Text?.ToString()));
        Assert.Equal(("web-1", "disk full"), (samples[3].Source, samples[3].Text?.ToString()));
    }

    [Fact]
    public void The_python_producer_sends_captioned_pictures_texts_and_pairs()
    {
        if (Run(Python, ["-c", "import confluent_kafka, msgpack"]).Code != 0) Assert.Skip("python3-confluent-kafka or python3-msgpack is not installed");
        AssertSends(Python, Example("produce.py"), _folder);
    }

    [Fact]
    public void The_javascript_producer_sends_captioned_pictures_texts_and_pairs()
    {
        if (Run("node", ["--version"]).Code != 0 || Run("npm", ["--version"]).Code != 0) Assert.Skip("node or npm is not installed");
        foreach (string file in (string[])["produce.mjs", "package.json"]) File.Copy(Example(file), Path.Combine(_folder, file));
        if (Run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"]).Code != 0) Assert.Skip("npm could not install the example's packages");
        AssertSends("node", Path.Combine(_folder, "produce.mjs"), _folder);
    }

    private static void AssertRan((int Code, string Output) run) => Assert.True(run.Code == 0, run.Output);

    private static string Example(string name)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "SslAgent.sln"))) root = Path.GetDirectoryName(root);
        return Path.Combine(root ?? throw new DirectoryNotFoundException("the tests run inside the repository"), "docs", "examples", name);
    }

    private void AssertSends(string program, string script, string folder)
    {
        string picture = Picture();
        string[] to = [script, "--brokers", _stream.Options.BootstrapServers, "--topic", TestStream.Topic, "--source", "cam-1"];
        AssertRan(Run(program, [.. to, "--picture", picture, "--caption", "a man at the door"], folder));
        AssertRan(Run(program, [.. to, "--text", "Z\u00fcrich \U0001F431", "--picture", picture, "--pair", "door-17"], folder));
        Sample[] samples = Read(3);
        Assert.All(samples, sample => Assert.Equal("cam-1", sample.Source));
        Assert.All(samples, sample => Assert.NotNull(sample.Id));
        Assert.Equal((Modality.Pair, "a man at the door"), (samples[0].Modality, samples[0].Text?.ToString()));
        Assert.Equal((Modality.Frame, "door-17"), (samples[1].Modality, samples[1].PairKey));
        Assert.Equal((Modality.Text, "door-17", "Z\u00fcrich \U0001F431"), (samples[2].Modality, samples[2].PairKey, samples[2].Text?.ToString()));
    }

    private string Picture()
    {
        string path = Path.Combine(_folder, "door.jpg");
        File.WriteAllBytes(path, Pictures.Jpeg(120, 90));
        return path;
    }

    private Sample[] Read(int count)
    {
        MessageDecoder decoder = Deliveries.Decoder();
        return
        [
            .. TestStream.TakeMessages(_stream.NewReader(), count).OfType<StreamEvent.Delivered>()
                .Select(delivered => Assert.IsType<Intake.Accepted>(decoder.Decode(delivered.Delivery)).Sample),
        ];
    }

    private (int Code, string Output) Run(string program, string[] arguments, string? folder = null)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? _folder };
            using Process process = Process.Start(start) ?? throw new InvalidOperationException(program);
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromSeconds(90))) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return (process.ExitCode, $"{program} {string.Join(' ', arguments)}\n{output.Result}{error.Result}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }
}
