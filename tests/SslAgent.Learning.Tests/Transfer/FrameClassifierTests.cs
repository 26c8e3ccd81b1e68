using SslAgent.Domain;
using SslAgent.Learning.Tests.Support;
using SslAgent.Learning.Transfer;

namespace SslAgent.Learning.Tests.Transfer;

/// <summary>The network under labels: it learns, begins where it is said to, and does the same every time.</summary>
public sealed class FrameClassifierTests
{
    private static readonly FineTuning Tuning = new(Steps: 120, BatchSize: 24, LearningRate: 2e-3, CropAreaMin: 1);

    private static readonly Frame[] Frames = [.. Enumerable.Range(0, 240).Select(number => Some.Frame(number))];

    /// <summary>Whether the picture's middle is among the brighter half of all.</summary>
    private static readonly int[] Labels = [.. Frames.Select(frame => Brightness(frame, 8) > Frames.Select(one => Brightness(one, 8)).Order().ElementAt(Frames.Length / 2) ? 1 : 0)];

    [Fact]
    public void It_learns_labels_and_the_same_seed_learns_the_same()
    {
        int[] first = Learned(), second = Learned();
        Assert.Equal(first, second);
        double right = first.Zip(Labels, (said, truth) => said == truth ? 1.0 : 0).Average(), common = Math.Max(Labels.Average(), 1 - Labels.Average());
        Assert.True(right > common + 0.2, $"{right:0.00} right, {common:0.00} by the commoner label alone");
    }

    [Fact]
    public void It_begins_with_the_versions_tower_and_in_two_parts_goes_as_in_one()
    {
        using Learner learner = Some.Learner(Some.Plan());
        learner.RunCycle(new CycleNumber(1), 0, 6, new KeyedSource(40, 0, 0), _ => true, null);
        using IModelSnapshot snapshot = learner.Snapshot();
        using var stored = new StoredSnapshot(snapshot);
        using IEmbedder embedder = learner.OpenEmbedder(new ModelVersion(1));
        float[][] expected = embedder.Embed(EmbeddingSpace.Frames, [.. Frames.Take(5).Select(frame => new EmbeddingInput(frame, null))]);

        using FrameClassifier whole = FrameClassifier.Of(stored, 2, "cpu", Some.Seed), parts = FrameClassifier.Of(stored, 2, "cpu", Some.Seed), scratch = FrameClassifier.FromScratch(stored, 2, "cpu", Some.Seed);
        Assert.Equal(expected, whole.Embed([.. Frames.Take(5)]));
        Assert.NotEqual(expected, scratch.Embed([.. Frames.Take(5)]));

        var even = new FineTuning(Steps: 8, BatchSize: 100, LearningRate: 1e-3);
        whole.Train(Frames, Labels, even, CancellationToken.None);
        parts.Train(Frames, Labels, even with { Steps = 4 }, CancellationToken.None);
        parts.Train(Frames, Labels, even with { Steps = 4 }, CancellationToken.None);
        Assert.Equal(whole.Embed(Frames), parts.Embed(Frames));
    }

    private static int[] Learned()
    {
        using FrameClassifier classifier = FrameClassifier.FromScratch(Some.Plan(), classes: 2);
        classifier.Train(Frames, Labels, Tuning, CancellationToken.None);
        return classifier.Predict(Frames);
    }

    private static int Brightness(Frame frame, int at) => frame.Rgb.AsSpan((at * frame.Width + at) * Frame.Channels, Frame.Channels).ToArray().Sum(value => value);
}
