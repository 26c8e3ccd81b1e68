using SslAgent.Continual.Streams;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Datasets;
using SslAgent.Ingest.Frames;
using SslAgent.Learning.Batches;

namespace SslAgent.Objectives;

/// <summary>A CIFAR or MNIST folder: its training pictures to learn from, its test pictures to be asked about.</summary>
internal static class Pictures
{
    public static Material Load(string path, int side, Budget budget)
    {
        IPictureSet train = PictureSets.Open(path) ?? throw new FormatException($"{path} is no set of pictures");
        IPictureSet test = PictureSets.OpenTest(path) ?? throw new FormatException($"{path} has no test set: CIFAR and MNIST folders do");
        var codec = new VipsFrameCodec(new FrameOptions { StoredSize = side });
        Labelled[] known = [.. Read(train, codec).Take(budget.TrainMax)], asked = [.. Read(test, codec).Take(budget.TestMax)];
        return new Material(
            new SamplesInMemory([.. known.Select(one => one.Frame).OfType<Frame>()]), new HeldOutEra { Frames = [.. asked.Select(one => one.Frame).OfType<Frame>()] }, [],
            new LabelTask("class", EmbeddingSpace.Frames, known, asked));
    }

    private static IEnumerable<Labelled> Read(IPictureSet set, VipsFrameCodec codec)
    {
        foreach (Picture picture in set.Read())
        {
            if (picture.Label is { } label && picture.Decode(codec).Frame is { } frame) yield return new Labelled(frame, null, label);
        }
    }
}
