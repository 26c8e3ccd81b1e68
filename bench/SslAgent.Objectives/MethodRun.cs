using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Torch;
using SslAgent.Learning.Transfer;
using SslAgent.Probing;

namespace SslAgent.Objectives;

/// <summary>
/// Trains one method from first weights and measures it at each of its budgets; the time that measuring takes does not count. All methods have the same tower, batch size, step size and order of samples.
/// </summary>
internal sealed class MethodRun(Pictures pictures, Budget budget, PeerPlace peers, TimeProvider time)
{
    public const string Untrained = "untrained network", Pixels = "raw pixels", Supervised = "supervised";

    private const ulong Seed = 1;

    private const int ChunkFrames = 128;

    /// <summary>CIFAR's own side in pixels.</summary>
    public const int Side = 32;

    /// <summary>Patches of four: 64 of them, as the presets have.</summary>
    public static ModelOptions Model { get; } = new() { Preset = "nano", ImageSize = Side, PatchSize = 4 };

    /// <summary>Every objective on frames, and what they are held against.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Pixels, Untrained, .. ObjectiveCatalog.All.Where(objective => objective.Reads == Modality.Frame).Select(objective => objective.Name), Supervised, .. Peer.Names];

    public IReadOnlyList<Mark> Run(string method) => method switch
    {
        Pixels => [Judge("none", 0, 0, [.. pictures.Train.Select(Averages)], [.. pictures.Test.Select(Averages)], null)],
        Supervised => RunSupervised(),
        _ when Peer.Names.Contains(method) => [RunPeer(new Peer(method[..^Peer.Suffix.Length]))],
        _ => RunObjective(method),
    };

    private List<Mark> RunObjective(string method)
    {
        string objective = method == Untrained ? "mae" : method;
        var learning = new LearningOptions { Objectives = [new() { Name = objective }], BatchSize = Budget.BatchSize, Dtype = "fp32" };
        LearnerPlan plan = Planner.Resolve(Model, learning, Seed, earlier: null, new Machine(time));
        using Learner learner = Learner.Create(plan, time);
        if (method == Untrained) return [Judge(learner, "none", 0, 0)];
        var source = new SamplesInMemory(pictures.Train);
        return ToMarks(
            (part, goesOn) => learner.RunCycle(new CycleNumber(part), 0, int.MaxValue, source, goesOn, null).StepsDone,
            (name, samples, seconds) => Judge(learner, name, samples, seconds));
    }

    private Mark RunPeer(Peer peer)
    {
        Peer.Answer answer = peer.Run(peers.Script, peers.Data, budget);
        int known = pictures.Train.Count;
        return Judge("samples", answer.Samples, answer.Seconds, answer.Features[..known], answer.Features[known..], null);
    }

    private List<Mark> RunSupervised()
    {
        LearnerPlan plan = Planner.Resolve(Model, new LearningOptions { Dtype = "fp32" }, Seed, earlier: null, new Machine(time));
        using FrameClassifier classifier = FrameClassifier.FromScratch(plan, pictures.Classes);
        var usual = new LearningOptions();
        var tuning = new FineTuning(Steps: 1, Budget.BatchSize, usual.LearningRate) { WarmupSteps = usual.WarmupSteps };
        return ToMarks(
            (_, goesOn) =>
            {
                int done = 0;
                for (; goesOn(done); done++) classifier.Train(pictures.Train, pictures.TrainLabels, tuning, CancellationToken.None);
                return done;
            },
            (name, samples, seconds) => Judge(name, samples, seconds, classifier.Embed(pictures.Train), classifier.Embed(pictures.Test), null));
    }

    /// <param name="train">Goes on training while it is told to, with the steps of this part; gives how many there were.</param>
    private List<Mark> ToMarks(Func<int, Func<int, bool>, int> train, Func<string, long, double, Mark> judge)
    {
        var waiting = new List<string> { "samples", "seconds" };
        var marks = new List<Mark>();
        long steps = 0;
        double seconds = 0;
        for (int part = 1; waiting.Count > 0; part++)
        {
            long began = time.GetTimestamp(), before = steps;
            bool IsReached(string mark, int done) => mark == "samples"
                ? (before + done) * Budget.BatchSize >= budget.Samples
                : seconds + time.GetElapsedTime(began).TotalSeconds >= budget.Seconds;
            steps += train(part, done => !waiting.Any(mark => IsReached(mark, done)));
            string[] reached = [.. waiting.Where(mark => IsReached(mark, (int)(steps - before)))];
            seconds += time.GetElapsedTime(began).TotalSeconds;
            foreach (string mark in reached)
            {
                marks.Add(judge(mark, steps * Budget.BatchSize, seconds));
                waiting.Remove(mark);
            }
        }

        return marks;
    }

    private Mark Judge(Learner learner, string name, long samples, double seconds)
    {
        ProbeReport probe = learner.Probe(new TestEra(pictures.Test));
        using IEmbedder embedder = learner.OpenEmbedder(new ModelVersion(1));
        float[][] Embed(IReadOnlyList<Frame> frames) =>
            [.. frames.Chunk(ChunkFrames).SelectMany(chunk => embedder.Embed(EmbeddingSpace.Frames, [.. chunk.Select(frame => new EmbeddingInput(frame, null))]))];
        return Judge(name, samples, seconds, Embed(pictures.Train), Embed(pictures.Test), probe);
    }

    private Mark Judge(string name, long samples, double seconds, float[][] known, float[][] asked, ProbeReport? probe)
    {
        double Right(int[] said) => said.Zip(pictures.TestLabels, (one, truth) => one == truth ? 1.0 : 0).Average();
        EraProbe? own = name == "none" || probe is not { Eras: [var first, ..] } ? null : first;
        return new Mark(
            name, samples, seconds,
            Right(RidgeProbe.Fit(known, pictures.TrainLabels, pictures.Classes).Predict(asked)), Right(Neighbours.Vote(known, pictures.TrainLabels, pictures.Classes, asked)),
            probe?.Features.FirstOrDefault(health => health.Tower == "frames")?.EffectiveRank, own?.Loss, own?.TrivialLoss);
    }

    /// <summary>Means over squares of two by two.</summary>
    private static float[] Averages(Frame frame)
    {
        Check.That(frame.Width % 2 == 0, "a frame has an even side");
        int side = frame.Width / 2;
        var mean = new float[side * side * Frame.Channels];
        for (int i = 0; i < frame.Rgb.Length; i++)
        {
            int pixel = i / Frame.Channels, x = pixel % frame.Width / 2, y = pixel / frame.Width / 2;
            mean[(((y * side) + x) * Frame.Channels) + (i % Frame.Channels)] += frame.Rgb[i] / (4f * byte.MaxValue);
        }

        return mean;
    }
}

/// <summary>Where the peer is, and the pictures that it reads for itself.</summary>
internal sealed record PeerPlace(string Script, string Data);
