using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Python;

/// <summary>docs/python/load.py, run by the distribution's PyTorch on a version's files, gives the vectors that serving gives.</summary>
public sealed class LoadPyTests
{
    private const string Interpreter = "/usr/bin/python3";
    private const float Tolerance = 1e-4f;

    private static readonly string[] Lines = ["disk 17 failed on node-3", "link up", "", "naïve café → 東京", "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0"];

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.95)]
    public void A_version_loaded_in_PyTorch_gives_the_same_vectors(double emaDecay)
    {
        Assert.SkipUnless(HasPyTorch(), "python3-torch is not installed (make test installs it)");
        var trainer = new BpeTrainer();
        foreach (string line in Lines) trainer.Add(Encoding.UTF8.GetBytes(line));
        BpeTokenizer tokenizer = trainer.Train(300, CancellationToken.None);
        LearnerPlan plan = Some.Plan(Some.SmallLearning with
        {
            EmaDecay = emaDecay,
            Distillation = 1,
            Objectives = [new() { Name = "mae" }, new() { Name = "mlm" }, new() { Name = "clip" }, new() { Name = "simclr" }],
        });
        using Learner learner = Learner.Create(plan, TimeProvider.System);
        learner.AdoptTokenizer(tokenizer);
        learner.RunCycle(new CycleNumber(1), 0, 12, new KeyedSource(40, 40, 40), _ => true, null);
        using IModelSnapshot snapshot = learner.Snapshot();
        string folder = Directory.CreateTempSubdirectory("version").FullName;
        try
        {
            WriteVersion(folder, snapshot);
            Compare(folder, snapshot);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(string folder, IModelSnapshot snapshot)
    {
        using var stored = new StoredSnapshot(snapshot);
        using IEmbedder embedder = Learner.OpenEmbedder(stored, "cpu");
        Frame[] frames = [Some.Frame(1), Some.Frame(2)];
        string pixels = string.Join(',', frames.SelectMany(frame => frame.Rgb).Select(value => value.ToString(CultureInfo.InvariantCulture)));
        string script = $"""
            import json, sys, torch
            sys.path.insert(0, {JsonSerializer.Serialize(Path.Combine(AppContext.BaseDirectory, "assets"))})
            import load
            version = load.open_version({JsonSerializer.Serialize(folder)})
            frames = torch.tensor([{pixels}], dtype=torch.uint8).view(2, 16, 16, 3)
            texts = json.loads({JsonSerializer.Serialize(JsonSerializer.Serialize(Lines))})
            print(json.dumps([x.tolist() for x in (version.embed_frames(frames), version.embed_texts(texts), version.joint_frames(frames), version.joint_texts(texts))]))
            """;
        float[][][] theirs = JsonSerializer.Deserialize<float[][][]>(Run(script))!;
        EmbeddingInput[] pictures = [.. frames.Select(frame => new EmbeddingInput(frame, null))];
        EmbeddingInput[] texts = [.. Lines.Select(line => new EmbeddingInput(null, new Domain.Text(Encoding.UTF8.GetBytes(line))))];
        Near(theirs[0], embedder.Embed(EmbeddingSpace.Frames, pictures), "frames");
        Near(theirs[1], embedder.Embed(EmbeddingSpace.Text, texts), "text");
        Near(theirs[2], embedder.Embed(EmbeddingSpace.Joint, pictures), "joint frames");
        Near(theirs[3], embedder.Embed(EmbeddingSpace.Joint, texts), "joint texts");
    }

    private static void Near(float[][] theirs, float[][] ours, string what)
    {
        Assert.Equal(theirs.Length, ours.Length);
        for (var row = 0; row < ours.Length; row++)
        {
            Assert.Equal(theirs[row].Length, ours[row].Length);
            for (var i = 0; i < ours[row].Length; i++)
                Assert.True(Math.Abs(theirs[row][i] - ours[row][i]) <= Tolerance, $"{what} [{row}, {i}]: {ours[row][i]}, PyTorch {theirs[row][i]}");
        }
    }

    private static void WriteVersion(string folder, IModelSnapshot snapshot)
    {
        Safetensors.Write(Path.Combine(folder, "model.safetensors"), snapshot.Model);
        foreach ((string name, byte[] content) in snapshot.Files) File.WriteAllBytes(Path.Combine(folder, name), content);
    }

    private static bool HasPyTorch() => File.Exists(Interpreter) && RunCode("import torch").ExitCode == 0;

    private static string Run(string script)
    {
        (int exitCode, string output, string complaints) = RunCode(script);
        Assert.True(exitCode == 0, complaints);
        return output;
    }

    private static (int ExitCode, string Output, string Complaints) RunCode(string script)
    {
        var start = new ProcessStartInfo(Interpreter, ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process python = Process.Start(start)!;
        Task<string> output = python.StandardOutput.ReadToEndAsync(), complaints = python.StandardError.ReadToEndAsync();
        python.StandardInput.Write(script);
        python.StandardInput.Close();
        python.WaitForExit();
        return (python.ExitCode, output.GetAwaiter().GetResult(), complaints.GetAwaiter().GetResult());
    }
}
