using System.Buffers.Binary;
using SslAgent.Domain;
using SslAgent.Storage;

namespace SslAgent.Replay;

/// <summary>
/// Where the samples of the replay buffer lie in the model's embedding space, by modality: an average over the cycles that embedded them. A function of
/// weights and samples, kept beside the weights as <c>embeddings.bin</c> so that nobody embeds the whole buffer again. Immutable.
/// </summary>
public sealed class EmbeddingBook : ISampleMemory
{
    public const string FileName = "embeddings.bin";

    /// <summary>Numbers of one embedding. Nearness of a hundred thousand is told apart well enough (Johnson and Lindenstrauss), at a fifth of a kilobyte a sample.</summary>
    public const int Width = 64;

    private const uint FormatVersion = 1;
    private const int HeadBytes = 12;

    private readonly EmbeddingTable[] _tables;

    private EmbeddingBook(EmbeddingTable[] tables) => _tables = tables;

    public static EmbeddingBook Empty { get; } = new([EmbeddingTable.Empty, EmbeddingTable.Empty, EmbeddingTable.Empty]);

    /// <summary>Embeddings in it.</summary>
    public int Count => _tables.Sum(table => table.Count);

    private static ReadOnlySpan<byte> Magic => "SSLAEMBD"u8;

    public float[]? Find(Modality modality, SampleId id)
    {
        EmbeddingTable table = Of(modality);
        int place = table.Find(id.Sequence);
        if (place < 0) return null;
        float[] direction = new float[Width];
        ReadOnlySpan<sbyte> kept = table.VectorAt(place);
        for (int i = 0; i < Width; i++) direction[i] = kept[i];
        return direction;
    }

    internal EmbeddingTable Of(Modality modality) => _tables[(int)modality];

    internal EmbeddingBook With(Modality modality, EmbeddingTable table)
    {
        EmbeddingTable[] tables = [.. _tables];
        tables[(int)modality] = table;
        return new EmbeddingBook(tables);
    }

    /// <summary>The content of <c>embeddings.bin</c>: the same book gives the same bytes.</summary>
    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(Magic);
        to.Write(FormatVersion);
        foreach (EmbeddingTable table in _tables) table.Save(to);
        to.Write(Crc32C.Compute(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        return bytes.ToArray();
    }

    /// <summary>Reads a book back. Throws <see cref="StateFormatException"/>, saying why, for anything that is none.</summary>
    public static EmbeddingBook Read(byte[] bytes)
    {
        if (bytes.Length < HeadBytes + sizeof(uint) || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new StateFormatException($"{FileName} does not begin like a book of embeddings");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(Magic.Length));
        if (version != FormatVersion) throw new StateFormatException($"{FileName} has format version {version}; this program reads {FormatVersion}");
        ReadOnlySpan<byte> content = bytes.AsSpan(0, bytes.Length - sizeof(uint));
        if (Crc32C.Compute(content) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(content.Length)))
            throw new StateFormatException($"{FileName} is damaged: its checksum does not match");
        using var from = new BinaryReader(new MemoryStream(bytes, HeadBytes, content.Length - HeadBytes));
        return new EmbeddingBook([EmbeddingTable.Load(from), EmbeddingTable.Load(from), EmbeddingTable.Load(from)]);
    }
}
