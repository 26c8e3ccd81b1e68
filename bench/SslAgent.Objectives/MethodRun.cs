using SslAgent.Continual.Measures;
using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Options;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Text.Tokenizing;
using SslAgent.Learning.Torch;
using SslAgent.Learning.Transfer;
using SslAgent.Probing;

namespace SslAgent.Objectives;

/// <summary>
/// Trains one method from first weights and measures it at each of its budgets; the time that measuring takes does not count. All methods of a ground have the same towers, batch size, step size and order of samples.
/// </summary>
internal sealed class MethodRun
{
    private const int ChunkSamples = 128;

    private readonly Method _method;
    private readonly Material _material;
    private readonly Budget _budget;
    private readonly Beginning _beginning;
    private readonly PeerPlace _peers;
    private readonly TimeProvider _time;
    private readonly string[] _classes;
    private readonly int[] _labels, _truth;

    public MethodRun(Method method, Material material, Budget budget, Beginning beginning, PeerPlace peers, TimeProvider time)
    {
        (_method, _material, _budget, _beginning, _peers, _time) = (method, material, budget, beginning, peers, time);
        _classes = [.. material.Task.Train.Select(one => one.Label).Distinct().Order(StringComparer.Ordinal)];
        // A label that only the test has can only be missed.
        int Number(Labelled one) => Array.BinarySearch(_classes, one.Label, StringComparer.Ordinal);
        (_labels, _truth) = ([.. material.Task.Train.Select(Number)], [.. material.Task.Test.Select(Number)]);
    }

    public IReadOnlyList<Mark> Run() => _method.Name switch
    {
        Method.Raw => [Judge("none", 0, 0, [.. _material.Task.Train.Select(RawFeatures.Of)], [.. _material.Task.Test.Select(RawFeatures.Of)])],
        Method.Supervised => RunSupervised(),
        _ when Peer.Names.Contains(_method.Name) => [RunPeer(new Peer(_method.Name[..^Peer.Suffix.Length]))],
        _ => RunObjective(),
    };

    private List<Mark> RunObjective()
    {
        string objective = _method.Name == Method.Untrained ? _method.Ground.Usual : _method.Name;
        using Learner learner = Learner.Create(Plan([new() { Name = objective }]), _time);
        if (_material.Texts.Count > 0)
        {
            var words = new BpeTrainer();
            foreach (Text text in _material.Texts) words.Add(text.Utf8);
            learner.AdoptTokenizer(words.Train(learner.Plan.Model.VocabularySize, CancellationToken.None));
        }

        if (_method.Name == Method.Untrained) return [Judge(learner, "none", 0, 0)];
        return ToMarks(
            (part, goesOn) => learner.RunCycle(new CycleNumber(part), 0, int.MaxValue, _material.Source, goesOn, null).StepsDone,
            (name, samples, seconds) => Judge(learner, name, samples, seconds));
    }

    private Mark RunPeer(Peer peer)
    {
        Peer.Answer answer = peer.Run(_peers.Script, _peers.Data, _budget, _beginning.Seed);
        return Judge("samples", answer.Samples, answer.Seconds, answer.Features[.._labels.Length], answer.Features[_labels.Length..]);
    }

    private List<Mark> RunSupervised()
    {
        Frame[] train = FramesOf(_material.Task.Train), test = FramesOf(_material.Task.Test);
        using FrameClassifier classifier = FrameClassifier.FromScratch(Plan(new LearningOptions().Objectives), _classes.Length);
        var tuning = new FineTuning(Steps: 1, Budget.BatchSize, _beginning.Rate) { WarmupSteps = new LearningOptions().WarmupSteps };
        return ToMarks(
            (_, goesOn) =>
            {
                int done = 0;
                for (; goesOn(done); done++) classifier.Train(train, _labels, tuning, CancellationToken.None);
                return done;
            },
            (name, samples, seconds) => Judge(name, samples, seconds, classifier.Embed(train), classifier.Embed(test)));
    }

    private LearnerPlan Plan(ObjectiveOptions[] objectives)
    {
        // No running mean of the weights: the peers have none, and objectives are compared here and not what may stand beside any of them.
        var learning = new LearningOptions
        {
            Objectives = objectives, BatchSize = Budget.BatchSize, LearningRate = _beginning.Rate, EmaDecay = 0, Dtype = "fp32", Threads = _budget.ThreadsOfStep(), WindowSpacing = _method.Ground.Spacing, WindowGapMax = _method.Ground.GapMax,
        };
        return Planner.Resolve(_method.Ground.Model, learning, (ulong)_beginning.Seed, earlier: null, new Machine(_time));
    }

    /// <param name="train">Goes on training while it is told to, with the steps of this part; gives how many there were.</param>
    private List<Mark> ToMarks(Func<int, Func<int, bool>, int> train, Func<string, long, double, Mark> judge)
    {
        List<string> waiting = _method.Again == 0 ? ["samples", "seconds"] : ["samples"]; // The peer has no other budget.
        var marks = new List<Mark>();
        long steps = 0;
        double seconds = 0;
        for (int part = 1; waiting.Count > 0; part++)
        {
            long began = _time.GetTimestamp(), before = steps;
            bool IsReached(string mark, int done) => mark == "samples"
                ? (before + done) * Budget.BatchSize >= _budget.Samples
                : seconds + _time.GetElapsedTime(began).TotalSeconds >= _budget.Seconds;
            steps += train(part, done => !waiting.Any(mark => IsReached(mark, done)));
            string[] reached = [.. waiting.Where(mark => IsReached(mark, (int)(steps - before)))];
            seconds += _time.GetElapsedTime(began).TotalSeconds;
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
        ProbeReport probe = learner.Probe(_material.Held);
        using IEmbedder embedder = learner.OpenEmbedder(new ModelVersion(1));
        float[][] Embed(EmbeddingSpace space, IEnumerable<EmbeddingInput> inputs) => [.. inputs.Chunk(ChunkSamples).SelectMany(chunk => embedder.Embed(space, chunk))];
        float[][] Features(IReadOnlyList<Labelled> some) => Embed(_material.Task.Space, some.Select(one => one.Input));
        EraProbe? own = name == "none" || probe.Eras is not [var first, ..] ? null : first;
        string tower = _material.Task.Space == EmbeddingSpace.Text ? "text" : "frames";
        RecallMarks? recall = _material.Pairs is { } pairs && embedder.Width(EmbeddingSpace.Joint) is not null
            ? Retrieve(
                Embed(EmbeddingSpace.Joint, pairs.Texts.Select(text => new EmbeddingInput(null, text))), Embed(EmbeddingSpace.Joint, pairs.Frames.Select(frame => new EmbeddingInput(frame, null))))
            : null;
        return Judge(name, samples, seconds, Features(_material.Task.Train), Features(_material.Task.Test)) with
        {
            EffectiveRank = probe.Features.FirstOrDefault(health => health.Tower == tower)?.EffectiveRank,
            HeldOut = own?.Loss,
            Trivial = own?.TrivialLoss,
            Retrieval = recall,
        };
    }

    private Mark Judge(string name, long samples, double seconds, float[][] known, float[][] asked)
    {
        string Answers(int[] said) => string.Concat(said.Zip(_truth, (one, truth) => one == truth ? '1' : '0'));
        return new Mark(
            name, samples, seconds,
            Answers(RidgeProbe.Fit(known, _labels, _classes.Length).Predict(asked)), Answers(Neighbours.Vote(known, _labels, _classes.Length, asked)), null, null, null, null);
    }

    private static RecallMarks Retrieve(float[][] texts, float[][] frames)
    {
        int[] toFrames = Recall.Ranks(texts, frames), toTexts = Recall.Ranks(frames, texts);
        return new RecallMarks(Recall.At(toFrames, 1), Recall.At(toFrames, 10), Recall.At(toTexts, 1), Recall.At(toTexts, 10));
    }

    private static Frame[] FramesOf(IReadOnlyList<Labelled> some) => [.. some.Select(one => one.Frame).OfType<Frame>()];
}

/// <summary>Where the peer is, and the pictures that it reads for itself.</summary>
internal sealed record PeerPlace(string Script, string Data);
