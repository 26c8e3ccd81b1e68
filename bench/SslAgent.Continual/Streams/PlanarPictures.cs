using System.IO.Compression;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;

namespace SslAgent.Continual.Streams;

/// <summary>
/// Sets of labelled photographs in CIFAR-10's own layout: gzip over records of one label byte and three planes. Brought to the stored size by the
/// agent's codec, as ingest would.
/// </summary>
internal static class PlanarPictures
{
    /// <summary>What cifar10 and trashnet64 are: train and test records, each picture under its class's name.</summary>
    public sealed record Set(string Name, IReadOnlyList<Labelled> Train, IReadOnlyList<Labelled> Test);

    public static Set Load(DataFolders folders, string name, int side)
    {
        string folder = folders.Set(name);
        string[] classes = File.ReadAllLines(Path.Combine(folder, "classes.txt"));
        return new Set(name, Read(Path.Combine(folder, $"{name}_train.bin.gz"), side, classes), Read(Path.Combine(folder, $"{name}_test.bin.gz"), side, classes));
    }

    private static List<Labelled> Read(string file, int side, string[] classes)
    {
        var codec = new VipsFrameCodec(new FrameOptions());
        using GZipStream records = new(File.OpenRead(file), CompressionMode.Decompress);
        var pictures = new List<Labelled>();
        var record = new byte[1 + (side * side * Frame.Channels)];
        while (records.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) == record.Length)
        {
            Frame frame = Check.NotNull(codec.DecodeRgb(Interleave(record.AsSpan(1), side * side), side, side).Frame, "a picture of a set fits the codec's limits");
            pictures.Add(new Labelled(frame, null, classes[record[0]]));
        }

        return pictures;
    }

    private static byte[] Interleave(ReadOnlySpan<byte> planes, int pixels)
    {
        var rgb = new byte[planes.Length];
        for (int i = 0; i < planes.Length; i++) rgb[(i % pixels * Frame.Channels) + (i / pixels)] = planes[i];
        return rgb;
    }
}
