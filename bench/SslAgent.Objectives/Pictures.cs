using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Frames;

namespace SslAgent.Objectives;

/// <summary>Labelled pictures to train on, without their labels, and to be asked about, with them.</summary>
internal sealed record Pictures(string Name, IReadOnlyList<Frame> Train, int[] TrainLabels, IReadOnlyList<Frame> Test, int[] TestLabels, int Classes)
{
    public static Pictures Load(string path, int side, Budget budget)
    {
        IPictureSet train = PictureSets.Open(path) ?? throw new FormatException($"{path} is no set of pictures");
        IPictureSet test = PictureSets.OpenTest(path) ?? throw new FormatException($"{path} has no test set: CIFAR and MNIST folders do");
        var codec = new VipsFrameCodec(new FrameOptions { StoredSize = side });
        (Frame Frame, string Label)[] known = [.. Read(train, codec).Take(budget.TrainMax)], asked = [.. Read(test, codec).Take(budget.TestMax)];
        string[] classes = [.. known.Select(one => one.Label).Distinct().Order(StringComparer.Ordinal)];
        int Number(string label) => Array.BinarySearch(classes, label, StringComparer.Ordinal);
        return new Pictures(
            train.Name, [.. known.Select(one => one.Frame)], [.. known.Select(one => Number(one.Label))], [.. asked.Select(one => one.Frame)], [.. asked.Select(one => Number(one.Label))],
            classes.Length);
    }

    private static IEnumerable<(Frame Frame, string Label)> Read(IPictureSet set, VipsFrameCodec codec)
    {
        foreach (Picture picture in set.Read())
        {
            if (picture.Label is { } label && picture.Decode(codec).Frame is { } frame) yield return (frame, label);
        }
    }
}

/// <summary>The test pictures as one era, for the network's own held-out loss and the health of its features.</summary>
internal sealed class TestEra(IReadOnlyList<Frame> frames) : ISentinelSource
{
    public IReadOnlyList<Era> Eras { get; } = [new Era(0, "test", frames.Count, 0, 0)];

    public Batch Read(int era, Modality modality, int countMax)
    {
        if (modality != Modality.Frame) return new Batch(modality, [], [], []);
        int count = Math.Min(countMax, frames.Count);
        return new Batch(modality, [.. Enumerable.Range(0, count).Select(place => new SampleId(place))], [.. frames.Take(count)], []);
    }
}
