using System.Globalization;
using SslAgent.Domain;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// Pictures in CIFAR-10's binary layout: records of one label byte and three planes, row-major, without a header; plain or gzipped. Names of the classes come from
/// <c>batches.meta.txt</c> or <c>classes.txt</c> beside them. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
/// </summary>
public sealed class CifarBatches(string name, IReadOnlyList<string> files) : IPictureSet
{
    // The official files have sides of 32; others keep the layout with larger pictures.
    private static readonly int[] Sides = [32, 64, 96, 28];

    private static readonly string[] ClassFiles = ["batches.meta.txt", "classes.txt"];

    public string Name => name;

    public string Signature => FileSignature.Of(files);

    public IEnumerable<Picture> Read()
    {
        foreach (string file in files)
        {
            string[] classes = Classes(Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".");
            byte[] all = PackedFile.Read(file);
            int side = SideOf(file, all.Length), pixels = side * side, length = 1 + pixels * Frame.Channels;
            for (int record = 0; record * length < all.Length; record++)
            {
                ReadOnlySpan<byte> bytes = all.AsSpan(record * length, length);
                string label = bytes[0] < classes.Length ? classes[bytes[0]] : bytes[0].ToString(CultureInfo.InvariantCulture);
                yield return new Picture($"{Path.GetFileName(file)} {record}", Interleave(bytes[1..], pixels), label, (side, side));
            }
        }
    }

    private static int SideOf(string file, int bytes) =>
        Sides.FirstOrDefault(side => bytes > 0 && bytes % (1 + side * side * Frame.Channels) == 0) is > 0 and int side
            ? side
            : throw new FormatException($"{file} has {bytes} bytes: no whole number of CIFAR records of {string.Join(", ", Sides)} pixels a side");

    private static string[] Classes(string directory) =>
        ClassFiles.Select(file => Path.Combine(directory, file)).FirstOrDefault(File.Exists) is { } found
            ? [.. File.ReadLines(found).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : [];

    private static byte[] Interleave(ReadOnlySpan<byte> planes, int pixels)
    {
        var rgb = new byte[planes.Length];
        for (int channel = 0; channel < Frame.Channels; channel++)
        {
            ReadOnlySpan<byte> plane = planes.Slice(channel * pixels, pixels);
            for (int i = 0; i < pixels; i++) rgb[i * Frame.Channels + channel] = plane[i];
        }

        return rgb;
    }
}
