using SslAgent.Domain;
using SslAgent.Learning;
using SslAgent.Learning.Transfer;

namespace SslAgent.Probing;

/// <summary>What is measured.</summary>
/// <param name="Shots">Labels of each class, for the few-shot curve; those that a class has not enough items for are left out.</param>
/// <param name="Draws">Different choices of the few.</param>
/// <param name="FineTuneSteps">Optimizer steps with labels; 0 trains no network.</param>
internal sealed record ProbeQuestions(IReadOnlyList<int> Shots, int Draws, int FineTuneSteps, ulong Seed);

/// <summary>
/// Asks labelled data what a version is worth. Labels are only ever used here: nothing of it is stored, and nothing learns from it. The same data, version and seed
/// give the same figures.
/// </summary>
internal sealed class ProbeExam(Labelled train, Labelled test, EmbeddingSpace space, ProbeQuestions questions, Action<string> tell)
{
    private const int ChunkItems = 64;

    /// <summary>Every item is compared with every other.</summary>
    private const int ComparedMax = 2_000;

    public ProbeResult Sit(IStoredModel stored, string device, CancellationToken cancellation)
    {
        using IEmbedder embedder = Learner.OpenEmbedder(stored, device);
        int width = embedder.Width(space) ?? throw new NoSuchVectorsException($"{embedder.Version} has no '{space}' vectors: it was not trained on what they take");
        tell($"embedding {train.Count + test.Count} items");
        float[][] known = Embed(embedder, train, cancellation), asked = Embed(embedder, test, cancellation);
        FeatureWorth features = WorthOf(known, asked);
        bool isFrames = space == EmbeddingSpace.Frames;
        FeatureWorth? untrained = null;
        if (isFrames)
        {
            tell("the untrained network, beside it");
            using FrameClassifier first = FrameClassifier.FromScratch(stored, train.Classes.Count, device, questions.Seed);
            untrained = WorthOf(first.Embed(train.Frames), first.Embed(test.Frames));
        }

        bool tunes = isFrames && questions.FineTuneSteps > 0;
        return new ProbeResult(
            train.Name, embedder.Version.ToString(), space.ToString().ToLowerInvariant(), width, train.Classes.Count, train.Count, test.Count, train.Refused + test.Refused, features, untrained,
            tunes ? Tune(stored, device, train, "all labels", cancellation) : null,
            [.. ShotsThere().Select(shots => FewShot(shots, known, asked, tunes ? few => Tune(stored, device, few, $"{shots} labels a class", cancellation) : null))]);
    }

    private float[][] Embed(IEmbedder embedder, Labelled items, CancellationToken cancellation)
    {
        var rows = new List<float[]>(items.Count);
        foreach (EmbeddingInput[] chunk in items.Inputs.Chunk(ChunkItems))
        {
            cancellation.ThrowIfCancellationRequested();
            rows.AddRange(embedder.Embed(space, chunk));
        }

        return [.. rows];
    }

    private FeatureWorth WorthOf(float[][] known, float[][] asked)
    {
        int step = (asked.Length + ComparedMax - 1) / ComparedMax;
        int[] rows = [.. Enumerable.Range(0, asked.Length).Where(row => row % step == 0)], labels = [.. rows.Select(row => test.Labels[row])];
        float[][] compared = [.. rows.Select(row => asked[row])];
        (double first, double whole) = SameClass.Of(compared, labels);
        int clusters = Math.Min(train.Classes.Count, compared.Length);
        return new FeatureWorth(
            Right(RidgeProbe.Fit(known, [.. train.Labels], train.Classes.Count).Predict(asked)),
            Right(Neighbours.Vote(known, [.. train.Labels], train.Classes.Count, asked)),
            first, whole, Agreement.NormalizedMutualInformation(KMeans.Assign(compared, clusters, questions.Seed), labels));
    }

    private IEnumerable<int> ShotsThere()
    {
        int least = train.Labels.GroupBy(label => label).Min(group => group.Count());
        return questions.Shots.Where(shots => shots <= least);
    }

    private ShotWorth FewShot(int shots, float[][] known, float[][] asked, Func<Labelled, StartWorth>? tune)
    {
        int[][] draws = [.. Enumerable.Range(0, questions.Draws).Select(draw => Draw(shots, draw))];
        double[] right =
        [
            .. draws.Select(rows => Right(RidgeProbe.Fit([.. rows.Select(row => known[row])], [.. rows.Select(row => train.Labels[row])], train.Classes.Count).Predict(asked))),
        ];
        double mean = right.Average();
        return new ShotWorth(shots, mean, Math.Sqrt(right.Average(one => (one - mean) * (one - mean))), tune?.Invoke(train.Take(draws[0])));
    }

    /// <summary>So many rows of each class.</summary>
    private int[] Draw(int shots, int draw)
    {
        var chance = new Philox(new DrawKey(questions.Seed, 1, draw, ChanceStream.Sampling, shots));
        var rows = new List<int>();
        foreach (int[] members in Enumerable.Range(0, train.Count).GroupBy(row => train.Labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray()))
        {
            chance.Shuffle<int>(members);
            rows.AddRange(members.Take(shots));
        }

        // The probe sets every fifth row aside: of different classes.
        int[] mixed = [.. rows];
        chance.Shuffle<int>(mixed);
        return mixed;
    }

    private StartWorth Tune(IStoredModel stored, string device, Labelled labelled, string what, CancellationToken cancellation)
    {
        var tuning = new FineTuning(questions.FineTuneSteps);
        double Worth(string start, FrameClassifier classifier)
        {
            using (classifier)
            {
                tell($"training with {what}, {start}: {tuning.Steps} steps");
                classifier.Train(labelled.Frames, labelled.Labels, tuning, cancellation);
                return Right(classifier.Predict(test.Frames));
            }
        }

        int classes = train.Classes.Count;
        return new StartWorth(
            Worth("from the version", FrameClassifier.Of(stored, classes, device, questions.Seed)), Worth("from scratch", FrameClassifier.FromScratch(stored, classes, device, questions.Seed)));
    }

    private double Right(int[] said) => said.Zip(test.Labels, (one, truth) => one == truth ? 1.0 : 0).Average();
}

/// <summary>The version cannot embed such things.</summary>
internal sealed class NoSuchVectorsException(string message) : Exception(message);
