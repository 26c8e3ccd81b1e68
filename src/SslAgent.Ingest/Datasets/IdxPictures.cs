using System.Buffers.Binary;
using System.Globalization;
using SslAgent.Domain;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// Gray pictures in the IDX format of MNIST and Fashion-MNIST (LeCun; Xiao et al. 2017): <c>…-images-idx3-ubyte</c> and beside it <c>…-labels-idx1-ubyte</c>, plain or gzipped.
/// Big-endian header, then rows of uint8.
/// </summary>
public sealed class IdxPictures(string imagesFile) : IPictureSet
{
    private const int ImagesMagic = 0x0803, LabelsMagic = 0x0801, ImagesHeader = 16, LabelsHeader = 8;

    private string LabelsFile => Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(imagesFile)) ?? ".",
        Path.GetFileName(imagesFile).Replace("images-idx3", "labels-idx1", StringComparison.Ordinal));

    public string Name => Path.GetFileName(imagesFile).Split('.')[0];

    public string Signature => FileSignature.Of(File.Exists(LabelsFile) ? [imagesFile, LabelsFile] : [imagesFile]);

    public IEnumerable<Picture> Read()
    {
        byte[] images = PackedFile.Read(imagesFile), labels = File.Exists(LabelsFile) ? PackedFile.Read(LabelsFile) : [];
        Require(imagesFile, images, ImagesMagic, ImagesHeader);
        int count = Number(images, 1), height = Number(images, 2), width = Number(images, 3);
        // In 128 bits: three numbers of 31 bits each come from a file.
        if (count < 0 || width < 1 || height < 1 || images.Length != ImagesHeader + (Int128)count * height * width)
            throw new FormatException($"{imagesFile} has {images.Length} bytes: its header says {count} pictures of {width} x {height}");
        if (labels.Length > 0)
        {
            Require(LabelsFile, labels, LabelsMagic, LabelsHeader);
            if (Number(labels, 1) != count || labels.Length != LabelsHeader + count) throw new FormatException($"{LabelsFile} does not have a label for each of the {count} pictures");
        }

        int pixels = count == 0 ? 0 : height * width;
        for (int i = 0; i < count; i++)
        {
            string? label = labels.Length > 0 ? labels[LabelsHeader + i].ToString(CultureInfo.InvariantCulture) : null;
            yield return new Picture($"{Name} {i}", Coloured(images.AsSpan(ImagesHeader + i * pixels, pixels)), label, (width, height));
        }
    }

    private static void Require(string file, byte[] bytes, int magic, int header)
    {
        if (bytes.Length < header) throw new FormatException($"{file} has {bytes.Length} bytes: the header of an IDX file of its kind has {header}");
        if (Number(bytes, 0) != magic) throw new FormatException($"{file} begins with 0x{Number(bytes, 0):x8}: an IDX file of its kind begins with 0x{magic:x8}");
    }

    private static int Number(byte[] bytes, int place) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(place * sizeof(int)));

    private static byte[] Coloured(ReadOnlySpan<byte> gray)
    {
        var rgb = new byte[gray.Length * Frame.Channels];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = gray[i / Frame.Channels];
        return rgb;
    }
}
