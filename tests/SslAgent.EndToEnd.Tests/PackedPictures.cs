using System.Buffers.Binary;
using System.IO.Compression;
using SslAgent.Demo;
using SslAgent.Domain;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Shipped emoji in the formats of CIFAR-10 and MNIST, with headers as the originals have them.</summary>
internal static class PackedPictures
{
    private const int CifarSide = 32, MnistSide = 28, ImagesMagic = 0x0803, LabelsMagic = 0x0801;

    /// <summary>Of two groups, which are their classes, one after the other.</summary>
    public static IReadOnlyList<EmojiPair> Emoji { get; } = Mixed(EmojiSet.Load(AssetsFolder.Emoji));

    public static byte ClassOf(EmojiPair emoji) => (byte)(emoji.Group == "Flags" ? 1 : 0);

    /// <summary>Records of one label byte and three planes of 32 x 32.</summary>
    public static byte[] Cifar(IEnumerable<EmojiPair> emoji, Func<EmojiPair, byte> label) =>
        [.. emoji.SelectMany(one => (byte[])[label(one), .. Plane(one.Frame, CifarSide, 0), .. Plane(one.Frame, CifarSide, 1), .. Plane(one.Frame, CifarSide, 2)])];

    /// <summary>Four big-endian numbers, then a plane of 28 x 28 for each: its green.</summary>
    public static byte[] IdxImages(IReadOnlyList<EmojiPair> emoji) =>
        [.. Header(ImagesMagic, emoji.Count, MnistSide, MnistSide), .. emoji.SelectMany(one => Plane(one.Frame, MnistSide, 1))];

    public static byte[] IdxLabels(IReadOnlyList<EmojiPair> emoji) => [.. Header(LabelsMagic, emoji.Count), .. emoji.Select(ClassOf)];

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static EmojiPair[] Mixed(IReadOnlyList<EmojiPair> all)
    {
        IEnumerable<EmojiPair> Of(string group) => all.Where(pair => pair.Group == group);
        return [.. Of("Food & Drink").Zip(Of("Flags")).SelectMany(two => (EmojiPair[])[two.First, two.Second])];
    }

    private static IEnumerable<byte> Plane(Frame frame, int side, int channel) =>
        from y in Enumerable.Range(0, side)
        from x in Enumerable.Range(0, side)
        select frame.Rgb[((y * frame.Height / side * frame.Width) + (x * frame.Width / side)) * Frame.Channels + channel];

    private static byte[] Header(params int[] numbers)
    {
        byte[] bytes = new byte[sizeof(int) * numbers.Length];
        foreach ((int at, int number) in numbers.Index()) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeof(int) * at), number);
        return bytes;
    }
}
