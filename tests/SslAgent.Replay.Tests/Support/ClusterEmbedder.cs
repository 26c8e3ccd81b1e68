using System.Buffers.Binary;
using SslAgent.Domain;

namespace SslAgent.Replay.Tests.Support;

/// <summary>A model that sees clusters: each sample lies near its cluster's centre. What a sample's cluster is stands in its first bytes.</summary>
internal sealed class ClusterEmbedder(double noise = 0.1) : ISampleEmbedder
{
    /// <summary>Samples embedded so far.</summary>
    public List<long> Embedded { get; } = [];

    /// <summary>Texts it cannot embed, like a model before its tokenizer.</summary>
    public bool IsBlindToTexts { get; init; }

    public static Frame FrameOf(int cluster, int item)
    {
        byte[] rgb = new byte[2 * 2 * Frame.Channels];
        BinaryPrimitives.WriteInt32LittleEndian(rgb, cluster);
        BinaryPrimitives.WriteInt32LittleEndian(rgb.AsSpan(4), item);
        return new Frame(2, 2, rgb);
    }

    /// <summary>Of a frame that is too small for a number: its first byte.</summary>
    private static int ClusterOf(Frame frame) => frame.Rgb.Length < sizeof(int) ? frame.Rgb[0] : BinaryPrimitives.ReadInt32LittleEndian(frame.Rgb);

    public IReadOnlyList<float[]>? Embed(Batch batch)
    {
        if (IsBlindToTexts && batch.Modality == Modality.Text) return null;
        Embedded.AddRange(batch.Ids.Select(id => id.Sequence));
        return batch.Modality == Modality.Text
            ? [.. batch.Texts.Select(text => Row((int)StableHash.Of(text.Utf8) & 7, (int)(StableHash.Of(text.Utf8) >> 8)))]
            : [.. batch.Frames.Select(frame => Row(ClusterOf(frame), (int)StableHash.Of(frame.Rgb)))];
    }

    public void Dispose()
    {
    }

    /// <summary>A direction near the cluster's centre.</summary>
    public float[] Row(int cluster, int item)
    {
        var centre = new Philox(new DrawKey(1, cluster, 0, ChanceStream.Test));
        var own = new Philox(new DrawKey(2, cluster, item, ChanceStream.Test));
        float[] row = new float[EmbeddingBook.Width];
        for (int i = 0; i < row.Length; i++) row[i] = (float)(Gaussian(ref centre) + (noise * Gaussian(ref own)));
        return row;
    }

    private static double Gaussian(ref Philox chance) =>
        Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
