using System.Buffers.Binary;
using System.Text;
using SslAgent.Domain;

namespace SslAgent.Checkpoints.Tests;

public sealed class SafetensorsTests
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt", ["served"] = "ema" };

    private static byte[] Write(params TensorBytes[] tensors)
    {
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, tensors, Metadata);
        return stream.ToArray();
    }

    private static Dictionary<string, TensorBytes> Read(byte[] file, List<IDisposable> owned)
    {
        using MemoryStream stream = new(file);
        return SafetensorsReader.Read(stream, file.Length, owned);
    }

    private static FormatException Refused(byte[] file)
    {
        List<IDisposable> owned = [];
        FormatException fault = Assert.Throws<FormatException>(() => Read(file, owned));
        owned.ForEach(memory => memory.Dispose());
        return fault;
    }

    private static byte[] File(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)json.Length);
        json.CopyTo(file, 8);
        return file;
    }

    private static TensorBytes[] All() =>
    [
        Some.Floats("b", [2, 3], [1, 2, 3, 4, 5, 6]),
        new("a.bytes", TensorElement.U8, [3], new byte[] { 7, 8, 9 }),
        new("steps", TensorElement.I64, [], BitConverter.GetBytes(-5L)),
        new("half", TensorElement.BF16, [1, 2], new byte[] { 0x80, 0x3f, 0x00, 0x40 }),
        new("empty", TensorElement.F32, [0, 7], Array.Empty<byte>()),
        Some.Floats("a", [1], [0.5f]),
    ];

    [Fact]
    public void What_was_written_is_read_back()
    {
        List<IDisposable> owned = [];
        Dictionary<string, TensorBytes> read = Read(Write(All()), owned);
        Assert.Equal(All().Length, read.Count);
        foreach (TensorBytes tensor in All())
        {
            Assert.Equal((tensor.Name, tensor.Element), (read[tensor.Name].Name, read[tensor.Name].Element));
            Assert.Equal(tensor.Shape, read[tensor.Name].Shape);
            Assert.Equal(tensor.Data.ToArray(), read[tensor.Name].Data.ToArray());
        }
        owned.ForEach(memory => memory.Dispose());
        Assert.Throws<ObjectDisposedException>(() => read["b"].Data.Span.Length);
    }

    [Fact]
    public void The_order_of_tensors_does_not_change_the_bytes_and_every_element_is_aligned()
    {
        byte[] file = Write(All());
        Assert.Equal(file, Write([.. All().Reverse()]));
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, (8 + headerLength) % 8);
        using MemoryStream stream = new(file);
        SafetensorsHeader header = SafetensorsReader.ReadHeader(stream, file.Length);
        Assert.All(header.Entries, entry => Assert.Equal(0, entry.Begin % SafetensorsFormat.Size(entry.Element)));
        Assert.Equal("ema", header.Metadata["served"]);
    }

    [Fact]
    public void The_layout_is_byte_for_byte_that_of_the_format()
    {
        const string header = """{"__metadata__":{"format":"pt","served":"ema"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        byte[] file = Write(Some.Floats("w", 1, -2));
        string padded = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Equal(padded.Length, (int)BinaryPrimitives.ReadUInt64LittleEndian(file));
        Assert.Equal(padded, Encoding.UTF8.GetString(file, 8, padded.Length));
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], file[(8 + padded.Length)..]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}""", 16, "begins at byte 12")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "the file holds 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "the file holds 7")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "does not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "does not fill")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3000000000],"data_offsets":[0,3000000000]}}""", 8, "more than")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}""", 8, "does not fill")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1.5]}}""", 8, "64-bit")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,99999999999999999999]}}""", 8, "64-bit")]
    [InlineData("""{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}""", 1, "no array")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1, "lacks")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""", 1, "lacks")]
    [InlineData("""{"a":{"dtype":"F13","shape":[1],"data_offsets":[0,1]}}""", 1, "F13")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"pickle":"x"}}""", 1, "pickle")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "metadata a")]
    [InlineData("""{"a":7}""", 0, "not an object")]
    [InlineData("""{"a":{"dtype":[[[[["U8"]]]]]}}""", 0, "JSON")]
    [InlineData("""[]""", 0, "begin with")]
    [InlineData("""{} {}""", 0, "JSON")]
    [InlineData("""{"a":""", 0, "JSON")]
    [InlineData("", 0, "begin with")]
    public void A_header_that_is_not_consistent_is_refused_with_the_reason(string header, int dataBytes, string reason) =>
        Assert.Contains(reason, Refused(File(header, dataBytes)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_huge_claimed_header_is_refused_before_it_is_allocated()
    {
        byte[] file = new byte[64];
        foreach (ulong claimed in new[] { 57UL, 100_000_001UL, ulong.MaxValue, 1UL << 63 })
        {
            BinaryPrimitives.WriteUInt64LittleEndian(file, claimed);
            Assert.Contains("claims", Refused(file).Message, StringComparison.Ordinal);
        }
        Assert.Contains("too few", Refused(new byte[7]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_and_every_flipped_header_bit_is_refused_or_read_without_harm()
    {
        byte[] file = Write(All());
        for (int length = 0; length < file.Length; length++) Refused(file[..length]);
        int headerEnd = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        for (int bit = 0; bit < headerEnd * 8; bit++)
        {
            byte[] flipped = (byte[])file.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            List<IDisposable> owned = [];
            try
            {
                Read(flipped, owned);
            }
            catch (FormatException)
            {
                // A flip inside a name still reads; the version's sha256 is what finds that.
            }
            owned.ForEach(memory => memory.Dispose());
        }
    }
}
