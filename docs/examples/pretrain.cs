#:project ../../src/SslAgent.Learning/SslAgent.Learning.csproj
#:project ../../src/SslAgent.Ingest/SslAgent.Ingest.csproj
// Pretrains on a folder of pictures and embeds one of them:  dotnet run docs/examples/pretrain.cs -- ./photos ./photos/one.jpg
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Frames;
using SslAgent.Learning;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;

(string folder, string picture, int steps) = (args[0], args[1], args.Length > 2 ? int.Parse(args[2]) : 1000);
var codec = new VipsFrameCodec(new FrameOptions { StoredSize = 64 });
var frames = new PictureFolder(folder).Read().Select(one => one.Decode(codec).Frame).OfType<Frame>().ToList(); // what cannot be decoded is left out

var learning = new LearningOptions { Objectives = [new() { Name = "mae" }, new() { Name = "vicreg", Weight = 0.5 }], BatchSize = 64 };
LearnerPlan plan = Planner.Resolve(new ModelOptions { Preset = "nano" }, learning, seed: 1, earlier: null, new Machine(TimeProvider.System));
using Learner learner = Learner.Create(plan, TimeProvider.System);
learner.RunCycle(new CycleNumber(1), firstStep: 0, steps, new SamplesInMemory(frames), continueAfter: _ => true, progress: report =>
{
    if ((report.Step.Value + 1) % 100 == 0) Console.WriteLine($"step {report.Step.Value + 1}: {report.Objective} {report.Loss:0.000}");
});

using IEmbedder embedder = learner.OpenEmbedder(new ModelVersion(1));
Frame asked = codec.Decode(File.ReadAllBytes(picture)).Frame ?? throw new InvalidDataException($"{picture} cannot be decoded");
float[] vector = embedder.Embed(EmbeddingSpace.Frames, [new EmbeddingInput(asked, null)])[0];
Console.WriteLine($"{frames.Count} pictures, {vector.Length} numbers: {string.Join(' ', vector.Take(8).Select(number => number.ToString("0.000")))} …");
